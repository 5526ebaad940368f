/** What browsers load: there is nothing stable in it but the paths. @module */
import { FORM } from "../body.ts";
import { LOGIN_FORM, LOGIN_QUERY } from "../doors/login.ts";
import { FLEET } from "../fleet/query.ts";
import {
  CHART_TABLE,
  CPUS,
  FOLD,
  INTERVAL,
  LIVE_CPUS,
  LIVE_PAGE,
  NOTHING,
  OVERVIEW,
  PROOF,
  SAMPLE,
} from "../query.ts";
import type { Answer, Operation } from "./operation.ts";

const HTML = { "text/html": "text" } as const;
const PAGE: Readonly<Record<number, Answer>> = { 200: { description: "A page", content: HTML } };
const LED_ON: Answer = { description: "Leads on to a page" };

export const PAGE_OPERATIONS: readonly Operation[] = [
  { route: "GET /", id: "overview", summary: "The overview", query: OVERVIEW, answers: PAGE },
  {
    route: "GET /cpus",
    id: "cpus",
    summary: "All CPUs side by side, or one of them",
    query: CPUS,
    answers: { ...PAGE, 404: { description: "There is no such CPU", content: HTML } },
  },
  {
    route: "GET /proof",
    id: "proof",
    summary: "How a card or a row was measured",
    query: PROOF,
    answers: { 200: { description: "A page, or a part of one for htmx", content: HTML } },
  },
  {
    route: "GET /fold",
    id: "fold",
    summary: "What of a card is closed at first",
    query: FOLD,
    answers: { 200: { description: "A part of a page", content: HTML } },
  },
  {
    route: "GET /fleet",
    id: "fleet",
    summary: "The hosts that an engine of PromQL knows",
    query: FLEET,
    answers: PAGE,
  },
  {
    route: "GET /doctor",
    id: "doctorPage",
    summary: "What is in the way of each quantity, and the plan that unlocks it",
    query: NOTHING,
    answers: PAGE,
  },
  {
    route: "GET /chart/:name",
    id: "chart",
    summary: "What a chart shows, as a table",
    query: CHART_TABLE,
    answers: PAGE,
  },
  {
    route: "GET /metrics-guide",
    id: "metricsGuide",
    summary: "What every quantity means, and what is normal",
    query: NOTHING,
    answers: PAGE,
  },
  {
    route: "GET /stream",
    id: "pageStream",
    summary: "What changes on a page",
    query: [LIVE_PAGE, LIVE_CPUS],
    resumes: true,
    answers: {
      200: {
        description: "Endless. Each message has the id that Last-Event-ID takes",
        content: { "text/event-stream": "text" },
        events: { message: "text", sample: "Sample", login: "text" },
      },
    },
  },
  {
    route: "GET /sample",
    id: "sample",
    summary: "What a page's charts show of a span",
    query: SAMPLE,
    answers: { 200: { description: "Points", content: { "application/json": "Sample" } } },
  },
  {
    route: "GET /static/:name",
    id: "file",
    summary: "A file that pages load, by a name that is another one where the file is",
    open: true,
    answers: {
      200: {
        description: "May be kept for ever",
        content: { "text/css": "text", "text/javascript": "text", "image/svg+xml": "text" },
      },
      304: { description: "As it was" },
    },
  },
  {
    route: "POST /interval",
    id: "setInterval",
    summary: "Sets the time between two readings, for everybody",
    body: { [FORM]: INTERVAL },
    answers: {
      200: {
        description: "The interval from now on",
        content: { "application/json": "Interval" },
      },
      204: { description: "For htmx" },
      303: LED_ON,
    },
  },
  {
    route: "GET /login",
    id: "loginPage",
    summary: "The login",
    query: LOGIN_QUERY,
    open: true,
    login: true,
    answers: { ...PAGE, 303: LED_ON },
  },
  {
    route: "POST /login",
    id: "logIn",
    summary: "Makes a session of the token",
    body: { [FORM]: LOGIN_FORM },
    open: true,
    login: true,
    answers: {
      303: LED_ON,
      401: {
        description: "This is not the token",
        content: { ...HTML, "application/json": "Refusal" },
      },
    },
  },
  {
    route: "POST /logout",
    id: "logOut",
    summary: "Ends the session",
    login: true,
    answers: { 303: LED_ON },
  },
];
