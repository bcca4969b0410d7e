// Made of src-tauri by `LANH_WRITE=1 cargo test -p lanh-app typescript`.
import type { Failure, Notice, ServiceInfo } from "./protocol";

/**
 * What the front end must know before the service answers.
 */
export type Environment = { 
/**
 * `en` or `vi`: the language of the user of this session.
 */
language: string, 
/**
 * The version of this program.
 */
version: string, 
/**
 * Whether the system can ask an administrator to confirm the first PIN.
 */
asks_administrator: boolean, };

/**
 * What the front end is told without asking.
 */
export type Push = { "push": "up", 
/**
 * The service, and what this connection may do.
 */
info: ServiceInfo, 
/**
 * Whether the guardian's PIN is needed before anything of a guardian's is shown.
 */
locked: boolean, } | { "push": "down", 
/**
 * Why.
 */
trouble: Trouble, } | { "push": "notice", 
/**
 * What.
 */
notice: Notice, };

/**
 * Why there was no answer.
 */
export type Trouble = { "trouble": "denied", 
/**
 * Why.
 */
failure: Failure, } | { "trouble": "locked" } | { "trouble": "administrator", 
/**
 * Why; `None`: nobody confirmed it.
 */
detail: string | null, } | { "trouble": "not-running", 
/**
 * Where.
 */
path: string, } | { "trouble": "stranger", 
/**
 * Where.
 */
path: string, 
/**
 * Whose it is.
 */
uid: number, } | { "trouble": "timeout", 
/**
 * How long it took.
 */
seconds: number, } | { "trouble": "version", 
/**
 * Its version.
 */
theirs: number, 
/**
 * This program's.
 */
ours: number, } | { "trouble": "closed" } | { "trouble": "wire", 
/**
 * How, in English.
 */
detail: string, } | { "trouble": "unsaved", 
/**
 * Why, as the system says it.
 */
detail: string, };
