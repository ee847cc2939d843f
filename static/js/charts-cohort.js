/* Charts of many companies and of the model. */
(() => {
  const { narrow, val, cat, DASH, builders } = window.lzCharts;

  Object.assign(builders, {
    /* histogram with benchmark bands behind */
    bands: (d, t, el) => ({
      grid: { left: 4, right: 12, top: 46, bottom: 22, containLabel: true },
      legend: { show: false },
      tooltip: { trigger: "axis", axisPointer: { type: "shadow" } },
      xAxis: cat(t, d.bins, {
        name: d.xname,
        nameLocation: "middle",
        nameGap: 28,
        axisLabel: { color: t.ink2, interval: narrow(el) ? 3 : 1 },
      }),
      yAxis: val(t, { splitNumber: 3 }),
      series: [
        {
          type: "bar",
          name: d.name,
          barCategoryGap: "12%",
          data: d.counts,
          itemStyle: { color: t.tier[0], borderRadius: [2, 2, 0, 0] },
          markArea: {
            silent: true,
            label: { position: "top", fontSize: 11, fontWeight: 600 },
            data: d.bands.map((b, i) => [
              {
                name: b.n,
                xAxis: b.from,
                itemStyle: { color: t.tier[b.t], opacity: 0.15 },
                label: { color: t.tier[b.t], distance: 4 + 12 * i },
              },
              { xAxis: b.to },
            ]),
          },
        },
      ],
    }),
    /* 100 % bars, counts inside; ramp = ordered heat colours (official levels), else tier colours */
    stack: (d, t, el) => ({
      grid: { left: 4, right: 12, top: 4, bottom: 44, containLabel: true },
      tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, valueFormatter: (x) => `${Math.round(x)}%` },
      xAxis: val(t, { max: 100, show: false }),
      yAxis: cat(t, d.cats, {
        inverse: true,
        axisLine: { show: false },
        axisLabel: { color: t.ink, width: 104, overflow: "break", lineHeight: 14 },
      }),
      series: d.series.map((s, i) => ({
        name: s.name,
        type: "bar",
        stack: "s",
        barWidth: 22,
        itemStyle: {
          color: d.ramp ? t.ramp[i][0] : t.tier[i],
          borderColor: d.ramp ? t.line2 : t.surf,
          borderWidth: d.ramp ? 0.5 : 1,
        },
        label: {
          show: true,
          color: d.ramp ? t.ramp[i][1] : t.surf,
          fontWeight: 600,
          formatter: (p) => (p.value > (narrow(el) ? 10 : 6) ? s.n[p.dataIndex] : ""),
        },
        data: s.n.map((n, j) => (n / d.totals[j]) * 100),
      })),
    }),
    /* before → after per row */
    dumbbell: (d, t) => ({
      grid: { left: 4, right: 40, top: 4, bottom: 34, containLabel: true },
      tooltip: { trigger: "axis" },
      xAxis: val(t, { min: d.min, max: d.max }),
      yAxis: cat(t, d.cats, {
        inverse: true,
        axisLine: { show: false },
        axisLabel: { color: t.ink, width: 118, overflow: "break", lineHeight: 14 },
      }),
      series: [
        {
          type: "bar",
          stack: "d",
          silent: true,
          itemStyle: { color: "transparent" },
          data: d.a,
          tooltip: { show: false },
        },
        {
          type: "bar",
          stack: "d",
          silent: true,
          barWidth: 3,
          itemStyle: { color: t.line2 },
          data: d.b.map((x, i) => x - d.a[i]),
          tooltip: { show: false },
        },
        {
          type: "scatter",
          name: d.na,
          symbol: "circle",
          symbolSize: 9,
          itemStyle: { color: t.surf, borderColor: t.tier[0], borderWidth: 2 },
          data: d.a,
        },
        {
          type: "scatter",
          name: d.nb,
          symbolSize: 11,
          itemStyle: { color: t.brand },
          data: d.b,
          label: {
            show: true,
            position: "right",
            color: t.ok,
            fontWeight: 600,
            formatter: (p) => {
              const x = d.b[p.dataIndex] - d.a[p.dataIndex];
              return (x < 0 ? "−" : "+") + Math.abs(x).toFixed(1);
            },
          },
        },
      ],
      legend: { data: [d.na, d.nb] },
    }),
    /* predicted vs observed, diagonal = perfect */
    calib: (d, t) => ({
      grid: { left: 4, right: 16, top: 12, bottom: 30, containLabel: true },
      legend: { show: false },
      tooltip: { trigger: "item" },
      xAxis: val(t, { min: 0, max: 1, name: d.xn, nameLocation: "middle", nameGap: 26 }),
      yAxis: val(t, { min: 0, max: 1 }),
      series: [
        {
          type: "line",
          symbol: "none",
          silent: true,
          lineStyle: { color: t.line2, type: "dashed" },
          data: [
            [0, 0],
            [1, 1],
          ],
        },
        {
          type: "line",
          data: d.pts,
          symbol: "circle",
          symbolSize: 8,
          itemStyle: { color: t.brand },
          lineStyle: { width: 2 },
        },
      ],
    }),
    /* time series with optional threshold */
    line: (d, t) => ({
      grid: { left: 4, right: 16, top: 16, bottom: d.series.length > 1 ? 30 : 4, containLabel: true },
      tooltip: { trigger: "axis" },
      legend: { show: d.series.length > 1 },
      xAxis: cat(t, d.x, { boundaryGap: false }),
      yAxis: val(t, { min: d.min || 0, max: d.max, splitNumber: 3 }),
      series: d.series.map((s, i) => ({
        type: "line",
        name: s.name,
        data: s.y,
        symbol: "none",
        lineStyle: { width: 2, type: DASH[i] },
        markLine:
          !i && d.limit
            ? {
                symbol: "none",
                silent: true,
                lineStyle: { color: t.bad, type: "dashed" },
                label: { formatter: d.limitName, color: t.bad, position: "insideEndTop" },
                data: [{ yAxis: d.limit }],
              }
            : undefined,
      })),
    }),
  });
})();
