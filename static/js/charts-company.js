/* Charts of one company: its profile, what moved its score, its rounds. */
(() => {
  const { narrow, val, cat, DASH, builders } = window.lzCharts;

  Object.assign(builders, {
    /* you (filled) against tier medians (dashed lines) */
    radar: (d, t, el) => ({
      tooltip: {},
      radar: {
        center: ["50%", "46%"],
        radius: narrow(el) ? "50%" : "68%",
        clockwise: true,
        splitNumber: 5,
        indicator: d.dims.map((n) => ({ name: n, max: 100 })),
        axisName: { color: t.ink, fontSize: narrow(el) ? 11 : 12 },
        splitArea: { show: false },
        splitLine: { lineStyle: { color: t.line } },
        axisLine: { lineStyle: { color: t.line } },
      },
      series: [
        {
          type: "radar",
          data: d.series.map((s, i) => ({
            name: s.name,
            value: s.value,
            symbol: i ? "none" : "circle",
            symbolSize: 6,
            z: i ? 1 : 9,
            lineStyle: { width: i ? 1.75 : 2.75, type: DASH[i], color: i ? t.tier[i] : t.brand },
            itemStyle: { color: i ? t.tier[i] : t.brand },
            areaStyle: i ? undefined : { color: t.brand, opacity: 0.16 },
          })),
        },
      ],
      legend: { data: d.series.map((s) => s.name) },
    }),
    /* start, ± contributions, end */
    waterfall: (d, t, el) => {
      let run = 0;
      const lo = [],
        bar = [];
      d.rows.forEach((r) => {
        const a = r.total ? 0 : run,
          b = r.total ? r.v : run + r.v;
        run = b;
        lo.push(Math.min(a, b));
        bar.push({
          value: Math.abs(b - a),
          itemStyle: { color: r.total ? t.tier[0] : r.v > 0 ? t.ok : t.bad, borderRadius: 2 },
          label: {
            show: true,
            position: "right",
            color: t.ink,
            fontWeight: 600,
            formatter: (r.total ? "" : r.v > 0 ? "+" : "−") + Math.abs(r.v).toFixed(1),
          },
        });
      });
      return {
        grid: { left: 4, right: 44, top: 4, bottom: 4, containLabel: true },
        xAxis: val(t, { min: d.min, max: d.max, show: false }),
        yAxis: cat(
          t,
          d.rows.map((r) => r.n),
          {
            inverse: true,
            axisLabel: { color: t.ink, width: narrow(el) ? 118 : 190, overflow: "break", lineHeight: 14 },
          },
        ),
        series: [
          { type: "bar", stack: "w", silent: true, itemStyle: { color: "transparent" }, data: lo },
          { type: "bar", stack: "w", barWidth: 15, data: bar },
        ],
        tooltip: { show: false },
        legend: { show: false },
      };
    },
    /* rounds with interval + target line */
    slope: (d, t) => ({
      grid: { left: 4, right: 64, top: 24, bottom: 4, containLabel: true },
      legend: { show: false },
      tooltip: { trigger: "axis" },
      xAxis: cat(t, d.x, { boundaryGap: ["8%", "8%"] }),
      yAxis: val(t, { min: d.min, max: d.max }),
      series: [
        {
          type: "line",
          stack: "b",
          symbol: "none",
          silent: true,
          lineStyle: { opacity: 0 },
          data: d.lo,
          tooltip: { show: false },
        },
        {
          type: "line",
          stack: "b",
          symbol: "none",
          silent: true,
          lineStyle: { opacity: 0 },
          areaStyle: { color: t.brand, opacity: 0.16 },
          data: d.hi.map((h, i) => +(h - d.lo[i]).toFixed(1)),
          tooltip: { show: false },
        },
        {
          type: "line",
          name: d.name,
          data: d.y,
          symbol: "circle",
          symbolSize: 9,
          lineStyle: { width: 2.5 },
          itemStyle: { color: t.brand },
          label: {
            show: true,
            position: "top",
            formatter: (p) => p.value.toFixed(1),
            color: t.ink,
            fontWeight: 650,
            fontSize: 13,
          },
          markLine: d.target && {
            symbol: "none",
            silent: true,
            lineStyle: { color: t.tier[1], type: "dashed" },
            label: { formatter: d.targetName, color: t.tier[1], width: 60, overflow: "break", position: "end" },
            data: [{ yAxis: d.target }],
          },
        },
      ],
    }),
  });
})();
