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
import { NumberFile, numberOnce } from "./number_file.ts";
import { type SensorPlace, TemperatureSensors } from "./temperature_sensors.ts";

/** Disks with sensors are plugged in while the machine runs; sensors that failed are tried again. */
const SCAN_EVERY_SECONDS = 300;
const MILLI = 1000;

interface Sensor {
  /** Name and file: the same sensor as before. */
  readonly key: string;
  readonly name: string;
  readonly slot: number;
  readonly input: NumberFile;
  readonly max: number | undefined;
  readonly critical: number | undefined;
  /** The failure that was told. */
  error: unknown;
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
      const { slot, input, max, critical } = sensor;
      const milli = input.read();
      if (milli !== milli) row.none(this.#temperature, slot);
      else row.gauge(this.#temperature, slot, milli / MILLI);
      if (max !== undefined) row.gauge(this.#max, slot, max);
      if (critical !== undefined) row.gauge(this.#critical, slot, critical);
      if (input.error !== sensor.error) this.#report(sensor);
    }
  }

  close(): void {
    for (const { input } of this.#sensors) input.close();
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
      return known;
    }
    if (known !== undefined) this.#drop(known);
    return {
      key,
      name,
      slot,
      input: new NumberFile(this.#site.tree, place.input),
      max: limit(this.#site, place.max),
      critical: limit(this.#site, place.critical),
      error: null,
    };
  }

  #drop(sensor: Sensor): void {
    sensor.input.close();
    this.#site.resolve(sensor.name);
  }

  #report(sensor: Sensor): void {
    sensor.error = sensor.input.error;
    if (sensor.error === null) this.#site.resolve(sensor.name);
    else {
      this.#site.report({
        key: sensor.name,
        ...causeOf(sensor.error),
        metrics: ["sensor_temperature_celsius"],
        instance: sensor.name,
      });
    }
  }
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
