#!/bin/sh
# Makes this folder anew from the published package and checks that nothing changed. Needs npm, tar and sha256sum.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm pack --silent --pack-destination "$work" @embedpdf/fonts-sc@1.0.0 >/dev/null
tar -xzf "$work"/*.tgz -C "$work"
for name in fonts/NotoSansHans-Regular.otf fonts/NotoSansHans-Bold.otf LICENSE; do
    cp "$work/package/$name" .
done
sha256sum -c SHA256SUMS
