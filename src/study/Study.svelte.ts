import type { BackendChoice } from '../domain/backend';
import { toPipelineError, type PipelineError } from '../domain/errors';
import type { NamedFile } from '../domain/scan';
import { isNearIsotropic } from '../domain/sliceFrame';
import { warningText, type Warning } from '../domain/warnings';
import type { Architecture } from '../models/manifest';
import { backendWarnings } from '../models/maskProvenance';
import { sequenceWarnings } from '../models/sequenceWarnings';
import type { WorkerClient } from '../worker/client';
import { DisplaySettings } from './DisplaySettings.svelte';
import type { Finding } from './Finding.svelte';
import { Intake } from './Intake.svelte';
import { LesionList } from './LesionList.svelte';
import { neighbours, trim } from './memory';
import {
  architecturesFor,
  chosenArchitectures,
  modelIdOf,
  possibleChoice,
  sequenceFor,
  sequences,
  type ChosenNetwork,
  type NetworkChoice,
  type NetworkSequence,
} from './networkChoice';
import { Networks } from './Networks.svelte';
import { OpenedFile, type FileSource } from './OpenedFile.svelte';
import { errorOf, phaseOf } from './phase';
import { Rules } from './Rules.svelte';
import { firstToShow, listed, type Listed } from './surveyOrder';
import { ThumbnailQueue } from './thumbnailQueue';

export interface StudyOptions {
  readonly backend: BackendChoice;
  /** What is looked at first. */
  readonly network: NetworkChoice;
  /** Whose networks look at what does not say its own sequence. */
  readonly sequence: NetworkSequence;
}

/** What the user has open, and what is being done with it. */
export class Study {
  readonly networks: Networks;
  readonly display = new DisplaySettings();
  readonly client: WorkerClient;
  readonly intake: Intake;
  readonly rules = new Rules(() => ({
    volume: this.#current?.volume,
    architectures: chosenArchitectures(this.choice),
    manifestOf: (architecture) => this.networks.manifest(this.#network(architecture).modelId),
  }));
  readonly lesions = new LesionList(() => ({ file: this.#current, findings: this.chosen }));
  readonly #thumbnails = new ThumbnailQueue(
    () => this.#isBusy,
    (file) => this.#isKept(file),
  );
  #files = $state.raw<readonly OpenedFile[]>([]);
  #current = $state.raw<OpenedFile>();
  #choiceWish = $state<NetworkChoice>('nested-unet');
  #sequenceWish = $state<NetworkSequence>('t1ce');
  #isTriPlanarWish = $state(false);
  #complaint = $state.raw<PipelineError>();
  /** Files among those chosen that are no images, and whether there was nothing else. */
  #ignored = $state.raw<readonly string[]>([]);
  #isNothingFound = $state(false);
  /** Files that hold the patient's identity are written only once a person has said so, for each input anew. */
  #mayHoldPatientData = $state(false);
  /** Latest last. */
  #seen: readonly OpenedFile[] = [];

  constructor(client: WorkerClient, { backend, network, sequence }: StudyOptions) {
    this.client = client;
    this.networks = new Networks(client, backend);
    this.intake = new Intake(client);
    this.#choiceWish = network;
    this.#sequenceWish = sequences.includes(sequence) ? sequence : (sequences[0] ?? 't1ce');
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

  /** As far as networks ship for the sequence. */
  get choice(): NetworkChoice {
    return possibleChoice(this.#choiceWish, this.sequence);
  }

  /** Whose networks are looked at: those of the file on screen. */
  get sequence(): NetworkSequence {
    return this.#current?.networkSequence ?? this.#sequenceWish;
  }

  get networksChosen(): readonly ChosenNetwork[] {
    return chosenArchitectures(this.choice).map((one) => this.#network(one));
  }

  /** What the chosen networks say of the file on screen. */
  get chosen(): readonly Finding[] {
    const file = this.#current;
    return file ? chosenArchitectures(this.choice).map((one) => file.findings[one]) : [];
  }

  /** Both networks drawn on one picture: always so in three planes. */
  get isOnePicture() {
    const isPlanes = this.display.volumeView !== 'slices' && this.#current?.planes !== undefined;
    return isPlanes || this.display.layout === 'overlaid';
  }

  get phase() {
    return this.intake.isRunning ? 'opening' : phaseOf(this.#current, this.chosen);
  }

  get error() {
    return errorOf(this.#current, this.chosen);
  }

  /** Everything that tempers the results on screen, each thing once. */
  get warnings(): readonly Warning[] {
    if (!this.#current?.volume) return [];
    const ran = this.chosen.flatMap(({ state }) => (state.kind === 'segmented' ? backendWarnings(state.backend) : []));
    return eachOnce([...ran, ...this.inputWarnings]);
  }

  /** What tempers any network's result of the file on screen. How a network ran is said in its own files. */
  get inputWarnings(): readonly Warning[] {
    const file = this.#current;
    if (!file?.volume) return [];
    return eachOnce([...sequenceWarnings(file, { sequence: file.networkSequence }), ...file.warnings]);
  }

  /** Paths of chosen files that are no images. */
  get ignored() {
    return this.#ignored;
  }

  /** Nothing of what was last chosen can be opened, and nothing of it is broken either. */
  get isNothingFound() {
    return this.#isNothingFound;
  }

  /** Voxels of about one length in all directions can be looked at in three planes. */
  get canBeTriPlanar(): boolean {
    const volume = this.#current?.volume;
    return volume !== undefined && isNearIsotropic(volume.grid);
  }

  get isTriPlanar(): boolean {
    return this.#isTriPlanarWish && this.canBeTriPlanar;
  }

  get mayHoldPatientData() {
    return this.#mayHoldPatientData;
  }

  start() {
    const others = architecturesFor(this.sequence).map((one) => this.#network(one).modelId);
    void this.networks.start(
      this.networksChosen.map(({ modelId }) => modelId),
      others,
    );
  }

  /** Looks through what was chosen, adds it to the list and shows what the network can make most of. Opening nothing changes nothing. */
  async open(files: readonly NamedFile[]) {
    if (files.length === 0) return;
    this.#isNothingFound = false;
    await this.attempt(async () => {
      const survey = await this.intake.survey(files);
      if (!survey) return;
      this.#ignored = [...this.#ignored, ...survey.ignored];
      const list = listed(
        survey,
        files.map(({ path }) => path),
      );
      this.#isNothingFound = list.length === 0;
      this.#add(list.map(sourceOf), firstToShow(list, this.#sequenceWish));
    });
  }

  openPhantom() {
    this.#add([{ kind: 'phantom' }], 0);
  }

  #add(sources: readonly FileSource[], shown: number | undefined) {
    const otherwise = () => this.#sequenceWish;
    const opened = sources.map((source) => new OpenedFile(source, this.client, this.networks, otherwise));
    const first = shown === undefined ? undefined : opened[shown];
    if (!first) return;
    this.#isNothingFound = false;
    this.#files = [...this.#files, ...opened];
    this.show(first);
  }

  #network(architecture: Architecture): ChosenNetwork {
    return { architecture, modelId: modelIdOf(architecture, this.sequence) };
  }

  show(file: OpenedFile) {
    const left = this.#current;
    if (left && left !== file) {
      left.stop('closed');
      // A file that cannot be read stays marked in the list; what was cancelled starts again at the next look.
      if (left.state.kind !== 'failed') left.reset();
    }
    if (left !== file) this.#mayHoldPatientData = false;
    this.#current = file;
    this.lesions.unselect();
    this.#seen = [...this.#seen.filter((seen) => seen !== file), file];
    void this.#attend(file);
  }

  /** Does something beside the picture; what goes wrong is a complaint. */
  async attempt(act: () => Promise<unknown>) {
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
    this.intake.cancel();
    for (const file of this.#files) file.stop('closed');
    this.#files = [];
    this.#seen = [];
    this.#current = undefined;
    this.#mayHoldPatientData = false;
    this.#thumbnails.clear();
    this.lesions.clear();
    this.#ignored = [];
    // A worker that cannot even do this is replaced by the next job.
    this.client.run('release', {}).catch(() => undefined);
  }

  choose(choice: NetworkChoice) {
    this.#lookWith(() => (this.#choiceWish = choice));
  }

  /**
   * Has networks of another sequence look at the file on screen. Files that do not say what they are follow, because
   * what is opened together is mostly of one kind; those that say it keep their own.
   */
  chooseSequence(sequence: NetworkSequence) {
    this.#lookWith(() => {
      const file = this.#current;
      file?.askFor(sequence);
      if (!file || !sequenceFor(file.sequence)) this.#sequenceWish = sequence;
    });
  }

  /** Has the volume on screen, and each one after it that can be, looked at in three planes, or in its own slices again. */
  lookTriPlanar(isTriPlanar: boolean) {
    this.#isTriPlanarWish = isTriPlanar;
    for (const finding of this.chosen) finding.stop('none');
    this.lesions.unselect();
    if (this.#current) void this.#attend(this.#current);
  }

  /** Lets go of what is no longer looked at, and begins with what now is. */
  #lookWith(change: () => void) {
    const before = this.chosen;
    change();
    for (const finding of before.filter((one) => !this.chosen.includes(one))) {
      finding.stop('none');
      finding.reset();
    }
    this.lesions.unselect();
    if (this.#current) void this.#attend(this.#current);
    else this.start();
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
    const isRunning = this.intake.isRunning || this.#isBusy;
    if (this.intake.isRunning) this.intake.cancel();
    else this.#current?.stop('cancelled');
    return isRunning;
  }

  /** @param threshold  undefined: each network's own again */
  setThreshold(threshold: number | undefined) {
    this.rules.wishThreshold(threshold);
    this.#followRule();
  }

  /** @param size  in mm³ for a volume on screen, in pixels for a picture */
  setSmallest(size: number) {
    this.rules.wishSmallest(size);
    this.#followRule();
  }

  showEqualized(isEqualized: boolean) {
    this.display.showEqualized(isEqualized);
    if (this.#current) void this.#attend(this.#current);
  }

  allowPatientData(isAllowed: boolean) {
    this.#mayHoldPatientData = isAllowed;
  }

  /** The list shows this file: its picture is wanted when nothing else is to do. */
  wantThumbnail(file: OpenedFile, isWanted: boolean) {
    this.#thumbnails.want(file, isWanted);
  }

  get #isBusy(): boolean {
    const working = this.chosen.some(({ state }) => state.kind === 'waiting' || state.kind === 'segmenting');
    return this.#current?.state.kind === 'reading' || working;
  }

  #isKept(file: OpenedFile): boolean {
    const current = this.#current;
    return current !== undefined && (file === current || neighbours(this.#files, current).includes(file));
  }

  #followRule() {
    this.lesions.unselect();
    const volume = this.#current?.volume;
    if (!volume) return;
    for (const finding of this.chosen) {
      if (finding.state.kind === 'segmented') void finding.follow(this.rules.for(finding.state.manifest, volume));
    }
  }

  /** Reads and segments the file on screen, then looks ahead. Asked again while it runs, it does only what is missing. */
  async #attend(file: OpenedFile) {
    const volume = await file.read();
    if (this.#current !== file) return;
    trim(this.#files, file, this.#seen);
    if (volume) {
      this.#followRule();
      for (const finding of this.chosen) {
        // Another network may have been chosen while the one before was at work.
        const isWanted = this.#current === file && this.chosen.includes(finding);
        if (finding.state.kind === 'segmented' && finding.state.isTriPlanar !== this.isTriPlanar) finding.release();
        if (finding.state.kind === 'none' && isWanted) await finding.segment(volume, this.rules.for, this.isTriPlanar);
      }
      if (this.display.isEqualized) await this.#equalize(file);
    }
    for (const neighbour of neighbours(this.#files, file)) {
      if (this.#current === file && !this.#isBusy) await neighbour.read();
    }
    void this.#thumbnails.draw();
  }

  async #equalize(file: OpenedFile) {
    const [manifest] = this.networksChosen.flatMap(({ modelId }) => this.networks.manifest(modelId) ?? []);
    if (!manifest || this.#current !== file) return;
    await this.attempt(() => file.equalize(manifest));
    if (!file.equalized && this.#current === file) this.display.showEqualized(false);
  }
}

const sourceOf = (one: Listed): FileSource =>
  one.kind === 'scan' ? { kind: 'scan', scan: one.scan } : { kind: 'refused', ...one.refused };

function eachOnce(warnings: readonly Warning[]): readonly Warning[] {
  const texts = warnings.map(warningText);
  return warnings.filter((_, index) => texts.indexOf(texts[index]!) === index);
}
