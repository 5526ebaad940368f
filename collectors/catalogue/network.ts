/**
 * Network interfaces. Those with hardware behind them and those made of others (bridges, bonds, veth)
 * are two scopes with the same metrics: a packet to a container passes several of the second kind.
 */
import type { Derived, Measured, Otlp, Scope, Subject, Unit } from "../catalogue.ts";
import { delta, divide, elapsed, last, multiply } from "../formula.ts";

const collector = "network";

export const NETWORK_SCOPES = ["interface", "virtual_interface"] as const;
export type NetworkScope = (typeof NETWORK_SCOPES)[number];

/** One number of a line of `/proc/net/dev`. */
export interface NetworkField {
  /** Metric id without its scope: `receive_bytes`. */
  readonly suffix: string;
  /** Position after the colon, from 0. */
  readonly position: number;
  readonly name: string;
  readonly help: string;
  readonly unit: Unit;
  readonly exposition: string;
  readonly otlp: Otlp;
}

function otlp(name: string, direction: "receive" | "transmit", help: string): Otlp {
  return {
    name: `system.network.${name}`,
    attributes: { "network.io.direction": direction },
    help,
  };
}

export const NETWORK_FIELDS: readonly NetworkField[] = [
  {
    suffix: "receive_bytes",
    position: 0,
    name: "In",
    help: "Bytes received.",
    unit: "By",
    exposition: "node_network_receive_bytes_total",
    otlp: otlp("io", "receive", "Bytes received and sent."),
  },
  {
    suffix: "receive_packets",
    position: 1,
    name: "Packets in",
    help: "Packets received.",
    unit: "{packet}",
    exposition: "node_network_receive_packets_total",
    otlp: otlp("packet.count", "receive", "Packets received and sent."),
  },
  {
    suffix: "receive_errors",
    position: 2,
    name: "Errors in",
    help: "Packets received broken.",
    unit: "{error}",
    exposition: "node_network_receive_errs_total",
    otlp: otlp("errors", "receive", "Packets that came broken, or could not be sent."),
  },
  {
    suffix: "receive_drops",
    position: 3,
    name: "Dropped in",
    help: "Packets received and dropped: for want of room, or because nobody wanted them.",
    unit: "{packet}",
    exposition: "node_network_receive_drop_total",
    otlp: otlp("packet.dropped", "receive", "Packets dropped, on the way in and out."),
  },
  {
    suffix: "transmit_bytes",
    position: 8,
    name: "Out",
    help: "Bytes sent.",
    unit: "By",
    exposition: "node_network_transmit_bytes_total",
    otlp: otlp("io", "transmit", "Bytes received and sent."),
  },
  {
    suffix: "transmit_packets",
    position: 9,
    name: "Packets out",
    help: "Packets sent.",
    unit: "{packet}",
    exposition: "node_network_transmit_packets_total",
    otlp: otlp("packet.count", "transmit", "Packets received and sent."),
  },
  {
    suffix: "transmit_errors",
    position: 10,
    name: "Errors out",
    help: "Packets that could not be sent.",
    unit: "{error}",
    exposition: "node_network_transmit_errs_total",
    otlp: otlp("errors", "transmit", "Packets that came broken, or could not be sent."),
  },
  {
    suffix: "transmit_drops",
    position: 11,
    name: "Dropped out",
    help:
      "Packets that the driver or the network stack dropped before they were sent. What a queueing " +
      "discipline (tc) drops is not in it.",
    unit: "{packet}",
    exposition: "node_network_transmit_drop_total",
    otlp: otlp("packet.dropped", "transmit", "Packets dropped, on the way in and out."),
  },
];

/** Id of the metric of a field in a scope. */
export function networkMetric(scope: NetworkScope, field: NetworkField): string {
  return `${scope}_${field.suffix}`;
}

const WORDS: Readonly<Record<NetworkScope, Scope & { readonly what: string }>> = {
  interface: {
    id: "interface",
    label: "device",
    name: "Interface",
    spare: 3,
    most: 512,
    what:
      "Interfaces with hardware behind them, so that sums count everything once; in a container " +
      "without such, all but the loopback.",
  },
  virtual_interface: {
    id: "virtual_interface",
    label: "device",
    name: "Virtual interface",
    spare: 4,
    most: 512,
    what:
      "Interfaces made of others or of nothing: loopback, bridges, bonds, VLANs, tunnels, veth. " +
      "The same packet may pass several.",
  },
};

function measured(scope: NetworkScope): readonly Measured[] {
  return NETWORK_FIELDS.map((field): Measured => ({
    id: networkMetric(scope, field),
    name: field.name,
    help: `${field.help} ${WORDS[scope].what}`,
    unit: field.unit,
    kind: "counter",
    scope,
    collector,
    source: `/proc/net/dev, number ${field.position + 1} after the name`,
    exposition: {
      name: field.exposition,
      // One family for both scopes, as dashboards expect: told apart by the device's name.
      help: `${field.help} The same packet may pass several interfaces: do not sum over all.`,
    },
    otlp: field.otlp,
  }));
}

function ofLink(direction: "receive" | "transmit", name: string, help: string): Derived {
  return {
    id: `interface_${direction}_ratio`,
    name,
    help,
    unit: "1",
    kind: "derived",
    scope: "interface",
    formula: divide(
      delta(`interface_${direction}_bytes`),
      multiply(elapsed(), last("interface_speed_bytes")),
    ),
  };
}

const columns = (scope: NetworkScope): readonly { readonly metric: string }[] => [
  { metric: `${scope}_receive_bytes` },
  { metric: `${scope}_transmit_bytes` },
];

export const network: Subject = {
  scopes: NETWORK_SCOPES.map((scope) => {
    const { id, label, name, spare, most } = WORDS[scope];
    return { id, label, name, spare, most, attributes: { [label]: "network.interface.name" } };
  }),
  metrics: [
    ...NETWORK_SCOPES.flatMap(measured),
    {
      id: "interface_speed_bytes",
      name: "Link",
      help: "Speed of the link in each direction, as the driver has it.",
      unit: "By/s",
      kind: "gauge",
      scope: "interface",
      collector,
      source: "/sys/class/net/*/speed, in 10^6 bits a second",
      across: "sum",
      exposition: { name: "node_network_speed_bytes" },
    },
    ofLink("receive", "In, of link", "Share of the link's speed that was received."),
    ofLink("transmit", "Out, of link", "Share of the link's speed that was sent."),
  ],
  cards: [
    {
      id: "network",
      title: "Network",
      place: "sys",
      order: 70,
      blocks: [
        {
          block: "chart",
          id: "network",
          title: "In and out, sum of the interfaces",
          style: "mirror",
          series: [
            { metric: "interface_receive_bytes" },
            { metric: "interface_transmit_bytes" },
          ],
        },
        {
          block: "table",
          scope: "interface",
          heading: "Interface",
          columns: [...columns("interface"), { metric: "interface_speed_bytes" }],
          sort: "interface_receive_bytes",
          most: 8,
          empty: "The host has no network interface",
        },
        {
          block: "table",
          scope: "virtual_interface",
          heading: "Virtual",
          columns: columns("virtual_interface"),
          sort: "virtual_interface_receive_bytes",
          most: 4,
          empty: "The host has no virtual interface",
        },
        {
          block: "figures",
          rows: [
            { metric: "interface_receive_drops", name: "Dropped in" },
            { metric: "interface_transmit_drops", name: "Dropped out" },
            { metric: "interface_receive_errors", name: "Errors in" },
            { metric: "interface_transmit_errors", name: "Errors out" },
          ],
        },
      ],
    },
  ],
};
