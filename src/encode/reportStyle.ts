/** How a report looks on paper and on screen; its policy allows this one style sheet, by hash, and nothing else. */

export const reportStyle = `
@page { size: A4; margin: 12mm; }
* { box-sizing: border-box; }
body { max-width: 186mm; margin: 0 auto; padding: 8mm 0; background: #fff; color: #16191d;
  font: 9.5pt/1.35 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
h1 { margin: 0; font-size: 15pt; overflow-wrap: anywhere; }
h2 { margin: 3mm 0 1mm; font-size: 10.5pt; }
p { margin: 1mm 0; }
.notice { margin: 2.5mm 0; padding: 1.8mm 2.5mm; border: 0.4mm solid #9a5b00; }
.sum { font-size: 10pt; font-weight: 600; }
table { width: 100%; border-collapse: collapse; }
thead { display: table-header-group; }
tr, figure, .notice, ul, dl { break-inside: avoid; }
th, td { padding: 0.35mm 1.5mm; border-bottom: 0.2mm solid #bbb; text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
thead th { font-weight: 600; vertical-align: bottom; }
tfoot td, tfoot th { border-bottom: 0; font-weight: 600; }
.figures { display: grid; grid-template-columns: repeat(3, 1fr); gap: 2mm 3mm; }
figure { margin: 0; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0.6mm; }
.pair svg { display: block; width: 100%; height: 27mm; background: #000; }
figcaption { margin-top: 0.6mm; font-size: 8pt; }
.slices { position: absolute; width: 0; height: 0; }
.halo, .rim, .other { fill: none; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.halo { stroke: #000; stroke-width: 2.6px; stroke-opacity: 0.6; }
.rim { stroke: #ffb000; stroke-width: 1.3px; }
.other { stroke: #fff; stroke-width: 0.8px; stroke-dasharray: 2 2; }
ul { margin: 1mm 0; padding-left: 4.5mm; }
dl { display: grid; grid-template-columns: max-content 1fr max-content 1fr; gap: 0.3mm 3mm; margin: 0; font-size: 8pt; }
dt { color: #555; }
dt:last-of-type { grid-column: 1; }
dd:last-of-type { grid-column: 2 / -1; }
dd { margin: 0; overflow-wrap: anywhere; }
h2 { break-after: avoid; }
@media print { body { padding: 0; print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
`;

/** Base64 of the style sheet's SHA-256, which a test holds to it. */
export const reportStyleSha256 = '3MVpxu7Ns7qdO7vxzKhfLMJzTfzgkeydPgbVa6j10Qk=';
