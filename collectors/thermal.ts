/**
 * Temperatures of hwmon, or of the thermal zones where there is no hwmon.
 *
 * @module
 */
import { PLAUSIBLE_CELSIUS } from "./catalogue/thermal.ts";
import { causeOf } from "./cause.ts";
import {
  CollectorError,
  type CollectorSpec,
  type Column,
  type Instances,
  type Reader,
  type RowWriter,
  type Site,
  type Tick,
} from "./collector.ts";
import { NumberFile, numberOnce } from "./files/number_file.ts";
import { type SensorPlace, TemperatureSensors } from "./files/temperature_sensors.ts";

/** Disks with sensors are plugged in while the machine runs; sensors that failed are tried again. */
const SCAN_EVERY_SECONDS = 300;
const MILLI = 1000;

interface Sensor {
  /** Name and file: the same sensor as before. */
  readonly key: string;
  readonly name: string;
  readonly slot: number;
  readonly input: NumberFile;
  readonly fault: NumberFile | undefined;
  /** Undefined where it has none, or none can be read now. */
  max: number | undefined;
  critical: number | undefined;
  /** What was told: the failure of its file, or what its chip says of it. */
  error: unknown;
  isFaulty: boolean;
}

export const thermal: CollectorSpec = {
  id: "thermal",
  minIntervalMs: 5000,
  open: (site) => new ThermalReader(site),
};

class ThermalReader implements Reader {
  readonly #site: Site;
  readonly #places: TemperatureSensors;
  readonly #instances: Instances;
  readonly #temperature: Column;
  readonly #max: Column;
  readonly #critical: Column;
  #sensors: readonly Sensor[] = [];
  #scanDueSeconds = 0;

  constructor(site: Site) {
    this.#site = site;
    this.#places = new TemperatureSensors(site.tree);
    this.#instances = site.instances("sensor");
    this.#temperature = site.column("sensor_temperature_celsius");
    this.#max = site.column("sensor_max_celsius");
    this.#critical = site.column("sensor_critical_celsius");
  }

  read(row: RowWriter, tick: Tick): void {
    if (tick.seconds >= this.#scanDueSeconds) {
      this.#scan();
      this.#scanDueSeconds = tick.seconds + SCAN_EVERY_SECONDS;
    }
    for (let i = 0; i < this.#sensors.length; i++) {
      const sensor = this.#sensors[i]!;
      const { slot, input, fault, max, critical } = sensor;
      // Of a sensor that is broken or not connected the input holds some number, such as 127.5 degrees.
      const isFaulty = fault !== undefined && fault.read() === 1;
      const milli = isFaulty ? NaN : input.read();
      if (milli !== milli) row.none(this.#temperature, slot);
      else row.gauge(this.#temperature, slot, milli / MILLI);
      if (max === undefined) row.none(this.#max, slot);
      else row.gauge(this.#max, slot, max);
      if (critical === undefined) row.none(this.#critical, slot);
      else row.gauge(this.#critical, slot, critical);
      if (input.error !== sensor.error || isFaulty !== sensor.isFaulty) {
        sensor.isFaulty = isFaulty;
        this.#report(sensor);
      }
    }
  }

  close(): void {
    for (const sensor of this.#sensors) closeFiles(sensor);
  }

  #scan(): void {
    const before = new Map(this.#sensors.map((sensor) => [sensor.key, sensor]));
    const sensors: Sensor[] = [];
    this.#instances.begin();
    for (const place of this.#places.find()) {
      const sensor = this.#take(place, before);
      if (sensor !== undefined) sensors.push(sensor);
    }
    this.#instances.end();
    for (const sensor of before.values()) this.#drop(sensor);
    this.#sensors = sensors;
    if (sensors.length === 0) throw none();
  }

  /** The sensor of a place, which goes on where it was known. Undefined where no slot is left. */
  #take(place: SensorPlace, before: Map<string, Sensor>): Sensor | undefined {
    const name = `${place.chip} ${place.sensor}`;
    const slot = this.#instances.claim(name, { chip: place.chip, sensor: place.sensor });
    if (slot < 0) return undefined;
    const key = `${name}\n${place.input}`;
    const known = before.get(key);
    before.delete(key);
    if (known?.slot === slot) {
      known.input.retry();
      known.fault?.retry();
      // Limits can be set, and a drive that sleeps or begins anew does not tell them.
      known.max = limit(this.#site, place.max);
      known.critical = limit(this.#site, place.critical);
      return known;
    }
    if (known !== undefined) this.#drop(known);
    return {
      key,
      name,
      slot,
      input: new NumberFile(this.#site.tree, place.input),
      fault: place.fault === undefined ? undefined : new NumberFile(this.#site.tree, place.fault),
      max: limit(this.#site, place.max),
      critical: limit(this.#site, place.critical),
      error: null,
      isFaulty: false,
    };
  }

  #drop(sensor: Sensor): void {
    closeFiles(sensor);
    this.#site.resolve(sensor.name);
  }

  #report(sensor: Sensor): void {
    sensor.error = sensor.input.error;
    const cause = sensor.isFaulty ? faultOf(sensor) : sensor.error;
    if (cause === null) this.#site.resolve(sensor.name);
    else {
      this.#site.report({
        key: sensor.name,
        ...causeOf(cause),
        metrics: ["sensor_temperature_celsius"],
        instance: sensor.name,
      });
    }
  }
}

function closeFiles({ input, fault }: Sensor): void {
  input.close();
  fault?.close();
}

/** Boards have inputs that nothing is connected to, so it may stay so for good. */
function faultOf({ name, fault }: Sensor): CollectorError {
  const says = `"${fault?.path}" says 1, as its chip does of one that is broken or not connected`;
  return new CollectorError("failed", `Cannot measure "${name}": ${says}`);
}

/** Limits that nobody set are given as 0 or as thousands of degrees (nvme): those are none. */
function limit(site: Site, path: string | undefined): number | undefined {
  const milli = path === undefined ? undefined : numberOnce(site.tree, path);
  if (milli === undefined) return undefined;
  const celsius = milli / MILLI;
  return celsius > 0 && celsius <= PLAUSIBLE_CELSIUS[1] ? celsius : undefined;
}

function none(): CollectorError {
  return new CollectorError(
    "not_supported",
    'Cannot find a temperature in "/sys/class/hwmon" or "/sys/class/thermal": this machine shows no ' +
      "sensor; virtual machines have none",
  );
}
