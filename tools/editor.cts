import { existsSync } from 'node:fs';

import { chromium, selectors } from 'playwright-core';
import type { Browser, Locator, Page } from 'playwright-core';

import type { N8nSession } from './n8nSession.cts';

const WINDOW = { width: 1440, height: 900 };
/** Smaller, for smaller pictures. */
const CANVAS_WINDOW = { width: 960, height: 620 };
/** Chromium as Linux distributions install it; any other place by CHROMIUM_PATH. */
const USUAL_PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** What a node draws outside of its box: lightning, outputs' names and their plus signs, its own name. */
const AROUND_NODES = { left: 64, top: 8, right: 112, bottom: 56 };
/** How long a list takes to show what was searched for, in milliseconds. */
const LIST_MS = 1_500;
/** How long the canvas takes to bring all nodes into view, in milliseconds. */
const FIT_MS = 1_500;

type Box = NonNullable<Awaited<ReturnType<Locator['boundingBox']>>>;

selectors.setTestIdAttribute('data-test-id');

/** n8n's editor in a real browser, logged in. */
export class Editor {
	private constructor(
		private readonly browser: Browser,
		readonly page: Page,
		private readonly url: string,
	) {}

	static async open({ url, cookie }: N8nSession): Promise<Editor> {
		const program = process.env.CHROMIUM_PATH ?? USUAL_PLACES.find((place) => existsSync(place));
		const browser = await chromium.launch({
			...(program !== undefined && { executablePath: program }),
			args: [
				'--no-sandbox',
				'--disable-gpu',
				'--disable-quic',
				'--no-first-run',
				'--disable-background-networking',
				'--disable-component-update',
				'--disable-sync',
			],
		});
		const context = await browser.newContext({ viewport: WINDOW, colorScheme: 'light' });
		const [name = '', value = ''] = cookie.split('=', 2);
		await context.addCookies([{ name, value, url }]);
		return new Editor(browser, await context.newPage(), url);
	}

	/** Opens a workflow and, in it, the panel of a node. */
	async openNode(workflowId: string, node: string): Promise<void> {
		await this.page.goto(`${this.url}/workflow/${workflowId}`);
		await this.page.locator(`[data-test-id="canvas-node"][data-node-name="${node}"]`).dblclick();
		await this.page.getByTestId('node-execute-button').first().waitFor();
	}

	/** Finds a node as a user does, by the words that describe it; tells what the search offers. */
	async searchNodes(workflowId: string, words: string): Promise<string[]> {
		await this.page.goto(`${this.url}/workflow/${workflowId}`);
		await this.page.locator('[data-test-id="canvas-node"]').first().waitFor();
		const search = this.page.getByTestId('node-creator-search-bar');
		// The canvas takes clicks only once it is ready.
		await this.page.waitForTimeout(FIT_MS);
		await this.page.getByTestId('node-creator-plus-button').click();
		await search.fill(words);
		const found = this.page.getByTestId('item-iterator-item');
		await found.first().waitFor();
		await this.page.waitForTimeout(LIST_MS);
		return await found.allInnerTexts();
	}

	/** Chooses what the search offers, or one of a node's actions; tells what is offered next. */
	async choose(text: string): Promise<string[]> {
		const offered = this.page.getByTestId('item-iterator-item');
		await offered.filter({ hasText: text }).first().click();
		await offered.or(this.page.getByTestId('ndv')).first().waitFor();
		return await offered.allInnerTexts();
	}

	/** Draws a workflow as it lies on the canvas, once all its nodes are there. */
	async drawCanvas(workflowId: string, nodeCount: number, path: string): Promise<void> {
		await this.page.setViewportSize(CANVAS_WINDOW);
		await this.page.goto(`${this.url}/workflow/${workflowId}`);
		const nodes = this.page.locator('.vue-flow__node');
		await nodes.nth(nodeCount - 1).waitFor();
		await this.page.waitForTimeout(FIT_MS);
		const boxes = await Promise.all((await nodes.all()).map(async (node) => node.boundingBox()));
		const edge = (pick: (box: Box) => number, of: (...values: number[]) => number) =>
			of(...boxes.filter((box) => box !== null).map(pick));
		const x = edge((box) => box.x, Math.min) - AROUND_NODES.left;
		const y = edge((box) => box.y, Math.min) - AROUND_NODES.top;
		const right = edge((box) => box.x + box.width, Math.max) + AROUND_NODES.right;
		const bottom = edge((box) => box.y + box.height, Math.max) + AROUND_NODES.bottom;
		await this.page.screenshot({
			path,
			clip: { x, y, width: right - x, height: bottom - y },
			style:
				'* { visibility: hidden } .vue-flow__viewport, .vue-flow__viewport * { visibility: visible }',
		});
		await this.page.setViewportSize(WINDOW);
	}

	/** Presses 'Execute step' and waits until the node's output, or its error, shows. */
	async executeStep(): Promise<Locator> {
		await this.page.getByTestId('node-execute-button').first().click();
		const output = this.page.getByTestId('output-panel');
		await output
			.getByText('Result Branch')
			.or(output.getByTestId('node-error-message'))
			.first()
			.waitFor();
		return output;
	}

	/** Adds a field to the first collection whose button says that. */
	async addTo(button: string, field: string): Promise<void> {
		await this.page.getByPlaceholder(button).first().click();
		await this.page.getByRole('option', { name: field, exact: true }).click();
	}

	/** Chooses an entry of a resource locator's list. */
	async pick(parameter: string, entry: string): Promise<void> {
		await this.page.getByTestId(`resource-locator-${parameter}`).getByTestId('rlc-input').click();
		await this.page.getByTestId('rlc-item').filter({ hasText: entry }).first().click();
	}

	/** Opens a resource locator's list; tells its entries, or why there are none. */
	async list(parameter: string, search?: string): Promise<string[]> {
		await this.page.getByTestId(`resource-locator-${parameter}`).getByTestId('rlc-input').click();
		if (search !== undefined) await this.page.getByTestId('rlc-search').fill(search);
		const entries = this.page.getByTestId('rlc-item');
		const failure = this.page.getByTestId('rlc-error-container');
		await this.page.waitForTimeout(LIST_MS);
		await entries.or(failure).first().waitFor();
		const texts = await entries.or(failure).allInnerTexts();
		await this.page.keyboard.press('Escape');
		return texts;
	}

	/** Opens the form of a new credential from the node's panel. */
	async newCredential(): Promise<Locator> {
		await this.page.getByTestId('node-credentials-select').first().click();
		await this.page.getByTestId('node-credentials-select-item-new').click();
		const form = this.page.getByTestId('editCredential-modal');
		await form.getByTestId('parameter-input-baseUrl').waitFor();
		return form;
	}

	async close(): Promise<void> {
		await this.browser.close();
	}
}
