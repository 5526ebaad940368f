/** Temperatures, and the card that shows them. */
import type { Otlp, Subject } from "../catalogue.ts";

const collector = "thermal";

/** Sensors that are not connected say -128, 127.5 or thousands; no board works outside. */
export const PLAUSIBLE_CELSIUS = [-40, 150] as const;

function limit(type: string): Otlp {
  const attributes = { "hw.type": "temperature", "hw.limit_type": type };
  const help = "Temperatures that the sensor's chip takes for high, and for dangerous.";
  return { name: "hw.temperature.limit", attributes, help };
}

export const thermal: Subject = {
  scopes: [{
    id: "sensor",
    label: "sensor",
    within: ["chip"],
    name: "Sensor",
    spare: 1,
    most: 256,
    // Two drives have a sensor of one name each: with its chip it is one of the host's.
    attributes: { sensor: "hw.name" },
    identity: "hw.id",
  }],
  metrics: [
    {
      id: "sensor_temperature_celsius",
      name: "Temperature",
      help: "Temperature that the sensor shows.",
      unit: "Cel",
      kind: "gauge",
      scope: "sensor",
      collector,
      source: "/sys/class/hwmon/hwmonN/tempN_input, else /sys/class/thermal/thermal_zoneN/temp",
      exposition: { name: "node_hwmon_temp_celsius" },
      otlp: { name: "hw.temperature", attributes: { "hw.type": "temperature" } },
      sane: PLAUSIBLE_CELSIUS,
    },
    {
      id: "sensor_max_celsius",
      name: "Maximum",
      help: "Temperature that the sensor's chip takes for high.",
      unit: "Cel",
      kind: "gauge",
      scope: "sensor",
      collector,
      source: "/sys/class/hwmon/hwmonN/tempN_max",
      exposition: { name: "node_hwmon_temp_max_celsius" },
      otlp: limit("high.degraded"),
    },
    {
      id: "sensor_critical_celsius",
      name: "Critical",
      help: "Temperature that the sensor's chip takes for critical.",
      unit: "Cel",
      kind: "gauge",
      scope: "sensor",
      collector,
      source: "/sys/class/hwmon/hwmonN/tempN_crit",
      exposition: { name: "node_hwmon_temp_crit_celsius" },
      otlp: limit("high.critical"),
    },
  ],
  cards: [
    {
      id: "thermal",
      title: "Temperatures",
      place: "sys",
      order: 75,
      blocks: [
        {
          block: "table",
          scope: "sensor",
          heading: "Sensor",
          columns: [
            { metric: "sensor_temperature_celsius", name: "Now" },
            { metric: "sensor_max_celsius", name: "High" },
            { metric: "sensor_critical_celsius" },
          ],
          sort: "sensor_temperature_celsius",
          most: 8,
          empty: "This machine shows no temperature sensor; virtual machines have none",
        },
      ],
    },
  ],
};
