import type { BackendChoice } from '../domain/backend';
import { toPipelineError, type PipelineError } from '../domain/errors';
import type { DelineationRule, Volume } from '../domain/volume';
import { minVoxelCountFor } from '../models/minLesion';
import type { ModelManifest } from '../models/manifest';
import type { WorkerClient } from '../worker/client';
import { groupLesions, type LesionGroup } from './agreement';
import { DisplaySettings } from './DisplaySettings.svelte';
import { neighbours, trim } from './memory';
import { chosenArchitectures, type NetworkChoice } from './networkChoice';
import { Networks } from './Networks.svelte';
import { OpenedFile, type FileSource } from './OpenedFile.svelte';
import { errorOf, phaseOf } from './phase';
import { ThumbnailQueue } from './thumbnailQueue';

export interface StudyOptions {
  readonly backend: BackendChoice;
  /** What is looked at first. */
  readonly network: NetworkChoice;
}

/** What the user has open, and what is being done with it. */
export class Study {
  readonly networks: Networks;
  readonly display = new DisplaySettings();
  readonly client: WorkerClient;
  readonly #thumbnails = new ThumbnailQueue(
    () => this.#isBusy,
    (file) => this.#isKept(file),
  );
  #files = $state.raw<readonly OpenedFile[]>([]);
  #current = $state.raw<OpenedFile>();
  #choice = $state<NetworkChoice>('nested-unet');
  /** Undefined while the user has not touched the slider: then each network's own counts. */
  #threshold = $state<number>();
  #smallestPx = $state<number>();
  #selectedGroupId = $state<number>();
  #complaint = $state.raw<PipelineError>();
  /** Latest last. */
  #seen: readonly OpenedFile[] = [];

  readonly #chosen = $derived.by(() => {
    const file = this.#current;
    return file ? chosenArchitectures(this.#choice).map((one) => file.findings[one]) : [];
  });
  readonly #groups = $derived.by(() =>
    groupLesions(
      this.#chosen.flatMap(({ architecture, state }) =>
        state.kind === 'segmented' ? [{ architecture, ...state.outline }] : [],
      ),
    ),
  );
  readonly #rules = $derived.by(() => {
    const volume = this.#current?.volume;
    const manifests = chosenArchitectures(this.#choice).map((one) => this.networks.manifest(one));
    return volume ? manifests.flatMap((manifest) => (manifest ? [this.#ruleFor(manifest, volume)] : [])) : [];
  });

  constructor(client: WorkerClient, { backend, network }: StudyOptions) {
    this.client = client;
    this.networks = new Networks(client, backend);
    this.#choice = network;
  }

  get files() {
    return this.#files;
  }

  get current() {
    return this.#current;
  }

  /** What went wrong beside the picture: it stays on screen. */
  get complaint() {
    return this.#complaint;
  }

  get choice() {
    return this.#choice;
  }

  /** What the chosen networks say of the file on screen. */
  get chosen() {
    return this.#chosen;
  }

  get phase() {
    return phaseOf(this.#current, this.#chosen);
  }

  get error() {
    return errorOf(this.#current, this.#chosen);
  }

  /** Lesions of the chosen networks, the same place in one group. */
  get groups(): readonly LesionGroup[] {
    return this.#groups;
  }

  get selectedGroup(): LesionGroup | undefined {
    return this.#groups.find(({ id }) => id === this.#selectedGroupId);
  }

  /** What the sliders show, network by network: the user's wish, else its own. Networks not loaded yet are left out. */
  get rules(): readonly DelineationRule[] {
    return this.#rules;
  }

  start() {
    void this.networks.start(chosenArchitectures(this.#choice));
  }

  /** Adds files to the list and shows the first of them. Opening nothing changes nothing. */
  open(sources: readonly FileSource[]) {
    const opened = sources.map((source) => new OpenedFile(source, this.client, this.networks));
    const [first] = opened;
    if (!first) return;
    this.#files = [...this.#files, ...opened];
    this.show(first);
  }

  show(file: OpenedFile) {
    const left = this.#current;
    if (left && left !== file) {
      left.stop('closed');
      // A file that cannot be read stays marked in the list; what was cancelled starts again at the next look.
      if (left.state.kind !== 'failed') left.reset();
    }
    this.#current = file;
    this.#selectedGroupId = undefined;
    this.#seen = [...this.#seen.filter((seen) => seen !== file), file];
    void this.#attend(file);
  }

  /** Does something beside the picture; what goes wrong is a complaint. */
  async attempt(act: () => Promise<void>) {
    this.#complaint = undefined;
    try {
      await act();
    } catch (thrown) {
      this.#complaint = toPipelineError(thrown);
    }
  }

  /** @param by  +1 next file of the list, −1 the one before */
  step(by: 1 | -1) {
    const file = this.#current && this.#files[this.#files.indexOf(this.#current) + by];
    if (file) this.show(file);
  }

  closeAll() {
    for (const file of this.#files) file.stop('closed');
    this.#files = [];
    this.#seen = [];
    this.#current = undefined;
    this.#selectedGroupId = undefined;
  }

  choose(choice: NetworkChoice) {
    const file = this.#current;
    const unwanted = this.#chosen.filter(({ architecture }) => !chosenArchitectures(choice).includes(architecture));
    for (const finding of unwanted) {
      finding.stop('none');
      finding.reset();
    }
    this.#choice = choice;
    this.#selectedGroupId = undefined;
    if (file) void this.#attend(file);
    else void this.networks.start(chosenArchitectures(choice));
  }

  /** Does what the file on screen still lacks: after a cancel, or to try again after a failure. */
  segment() {
    const file = this.#current;
    if (!file) return;
    file.reset();
    void this.#attend(file);
  }

  /** @returns whether anything was running */
  cancel(): boolean {
    const isRunning = this.#isBusy;
    this.#current?.stop('cancelled');
    return isRunning;
  }

  setThreshold(threshold: number) {
    this.#threshold = threshold;
    this.#followRule();
  }

  setSmallest(voxelCount: number) {
    this.#smallestPx = voxelCount;
    this.#followRule();
  }

  showEqualized(isEqualized: boolean) {
    this.display.showEqualized(isEqualized);
    if (this.#current) void this.#attend(this.#current);
  }

  selectGroup(group: LesionGroup) {
    const [member] = group.members;
    this.#selectedGroupId = group.id;
    if (member) this.#current?.view?.centreOn(member.lesion.centroid);
  }

  /** @param by  +1 next lesion of the table, −1 the one before; from the ends it goes round */
  stepGroup(by: 1 | -1) {
    const { length } = this.#groups;
    const at = this.#groups.findIndex(({ id }) => id === this.#selectedGroupId);
    const from = at < 0 && by < 0 ? 0 : at;
    const group = this.#groups[(from + by + length) % length];
    if (group) this.selectGroup(group);
  }

  /** The list shows this file: its picture is wanted when nothing else is to do. */
  wantThumbnail(file: OpenedFile, isWanted: boolean) {
    this.#thumbnails.want(file, isWanted);
  }

  get #isBusy(): boolean {
    const working = this.#chosen.some(({ state }) => state.kind === 'waiting' || state.kind === 'segmenting');
    return this.#current?.state.kind === 'reading' || working;
  }

  #isKept(file: OpenedFile): boolean {
    const current = this.#current;
    return current !== undefined && (file === current || neighbours(this.#files, current).includes(file));
  }

  readonly #ruleFor = (manifest: ModelManifest, { grid }: Volume): DelineationRule => ({
    threshold: this.#threshold ?? manifest.threshold.value,
    minVoxelCount: this.#smallestPx ?? minVoxelCountFor(manifest, grid),
  });

  #followRule() {
    this.#selectedGroupId = undefined;
    const volume = this.#current?.volume;
    if (!volume) return;
    for (const finding of this.#chosen) {
      if (finding.state.kind === 'segmented') void finding.follow(this.#ruleFor(finding.state.manifest, volume));
    }
  }

  /** Reads and segments the file on screen, then looks ahead. Asked again while it runs, it does only what is missing. */
  async #attend(file: OpenedFile) {
    const volume = await file.read();
    if (this.#current !== file) return;
    trim(this.#files, file, this.#seen);
    if (volume) {
      this.#followRule();
      for (const finding of this.#chosen) {
        if (finding.state.kind === 'none' && this.#current === file) await finding.segment(volume, this.#ruleFor);
      }
      if (this.display.isEqualized) await this.#equalize(file);
    }
    for (const neighbour of neighbours(this.#files, file)) {
      if (this.#current === file && !this.#isBusy) await neighbour.read();
    }
    void this.#thumbnails.draw();
  }

  async #equalize(file: OpenedFile) {
    const ready = chosenArchitectures(this.#choice).find((one) => this.networks.manifest(one));
    if (!ready || this.#current !== file) return;
    await this.attempt(() => file.equalize(ready));
    if (!file.equalized && this.#current === file) this.display.showEqualized(false);
  }
}
