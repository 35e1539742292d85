import { CONTENDERS } from './contenders.cts';
import type { ContenderName } from './contenders.cts';
import type { Result } from './measure.cts';

const WIDTH = 760;
const LABELS = 230;
const BARS = 330;
const ROW = 26;
const PANEL = 60;

interface Bar {
	label: string;
	seconds: number;
	note: string;
	color: string;
}

/** How long 1,000 new keys take, as bars: without and with the limiter. */
export function chart(results: Result[]): string {
	let y = 0;
	const panels = [false, true].map((limiter) => {
		const bars = barsOf(results.filter((one) => one.limiter === limiter));
		const panel = panelOf(
			limiter
				? "1,000 keys, with Sentry's limiter (40 requests a second)"
				: '1,000 keys, no limiter',
			bars,
			y,
		);
		y += PANEL + bars.length * ROW;
		return panel;
	});
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" font-family="sans-serif" font-size="13">
<title>Time to create 1,000 client keys, 100 ms per request, 20 requests in flight</title>
<rect width="${WIDTH}" height="${y}" fill="#fff"/>
${panels.join('\n')}
</svg>
`;
}

function barsOf(results: Result[]): Bar[] {
	const created = results.filter((one) => one.case === 'create' && one.count === 1000);
	const bars = (Object.keys(CONTENDERS) as ContenderName[]).flatMap((by): Bar[] => {
		const result = created.find(({ contender }) => contender === by);
		if (result === undefined) return [];
		const isDone = result.failures === 0;
		return [
			{
				label: CONTENDERS[by],
				seconds: result.ms / 1000,
				note: isDone ? '' : `, ${result.failures} of 1,000 keys missing`,
				color: !isDone ? '#e0a3a3' : by === 'node' ? '#6a4fbf' : '#a9b0ba',
			},
		];
	});
	const limit = Math.min(...created.map(({ limitMs }) => limitMs)) / 1000;
	if (bars.length === 0) return [];
	return [...bars, { label: 'Physical limit', seconds: limit, note: '', color: '#d9dde2' }];
}

function panelOf(title: string, bars: Bar[], top: number): string {
	const longest = Math.max(...bars.map(({ seconds }) => seconds));
	const rows = bars.map(({ label, seconds, note, color }, index) => {
		const y = top + PANEL - 16 + index * ROW;
		const width = Math.max(1, (seconds / longest) * BARS);
		return `<text x="${LABELS - 10}" y="${y + 13}" text-anchor="end" fill="#333">${escape(label)}</text>
<rect x="${LABELS}" y="${y}" width="${width.toFixed(1)}" height="18" fill="${color}"/>
<text x="${(LABELS + width + 6).toFixed(1)}" y="${y + 13}" fill="#333">${seconds.toFixed(1)} s${note}</text>`;
	});
	return `<text x="16" y="${top + 28}" font-weight="bold" fill="#333">${escape(title)}</text>
${rows.join('\n')}`;
}

function escape(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
