#!/usr/bin/env bash
# Makes the pictures of the icon from its drawings: icon.svg, and icon-small.svg for 16 and 32 pixels, where the
# layers are one block. Needs rsvg-convert, ImageMagick and png2icns.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

draw() { rsvg-convert -w "$2" -h "$2" "$1" -o "$3"; }
for size in 16 32; do draw icon-small.svg $size "${size}x$size.png"; done
for size in 128 256; do draw icon.svg $size "${size}x$size.png"; done
draw icon.svg 512 icon.png

draw icon.svg 48 "$scratch/48.png"
convert 16x16.png 32x32.png "$scratch/48.png" 256x256.png icon.ico

# On macOS the tile stands in a margin of a tenth on each side.
for size in 16 32 128 256 512; do
  inner=$((size * 8 / 10))
  master=icon.svg
  [ "$size" -gt 32 ] || master=icon-small.svg
  draw $master $inner "$scratch/inner.png"
  convert "$scratch/inner.png" -background none -gravity center -extent "${size}x$size" "$scratch/mac$size.png"
done
png2icns icon.icns "$scratch"/mac16.png "$scratch"/mac32.png "$scratch"/mac128.png "$scratch"/mac256.png "$scratch"/mac512.png >/dev/null
