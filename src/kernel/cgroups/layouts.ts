/**
 * What the path of a control group tells of containers and pods: the names that Docker, containerd, CRI-O, Podman,
 * systemd-nspawn, LXC and Kubernetes give to theirs, with systemd (`docker-ID.scope`) and without (`/docker/ID`).
 */

/** An id of 64 digits is shown as its first twelve, as those programs do. */
const SHOWN_DIGITS = 12;
const ID = "[0-9a-f]{64}";

/** What one component of a path may be. */
const COMPONENT = new RegExp(
  `^(?:(?:docker|cri-containerd|crio|crio-conmon|libpod|libpod-payload|libpod-conmon|containerd|nerdctl)[-:])?(${ID})(?:\\.scope)?$`,
);
/** Helpers of a container, beside it: they are not in it. */
const BESIDE = /^(?:crio-conmon|libpod-conmon)-/;
/** `slice:prefix:ID`, as runc's systemd driver is given it where it is not understood. */
const COLON = new RegExp(`^[\\w.-]*:[\\w-]+:(${ID})$`);
const NSPAWN = /^(?:machine-(.+)\.scope|systemd-nspawn@(.+)\.service)$/;
const LXC = /^lxc\.payload\.(.+)$/;
const LXC_OLD = /^\/lxc\/([^/]+)/;
/** `kubepods-burstable-podUID.slice` with `_` for `-`, or `podUID`. */
const POD_COMPONENT = /^(?:kubepods(?:-besteffort|-burstable)?-)?pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:\.slice)?$/; // prettier-ignore

/** The container that the processes of a group are in: the outermost, if one runs others. */
export function containerOf(path: string): string | undefined {
  const old = LXC_OLD.exec(path)?.[1];
  if (old !== undefined) return old;
  for (const part of path.split("/")) {
    const id = BESIDE.test(part) ? undefined : (COMPONENT.exec(part) ?? COLON.exec(part))?.[1];
    if (id !== undefined) return id.slice(0, SHOWN_DIGITS);
    const [, machine, unit] = NSPAWN.exec(part) ?? [];
    const name = machine ?? unit ?? LXC.exec(part)?.[1];
    if (name !== undefined) return unescapeUnit(name);
  }
  return undefined;
}

/** A container's id as it is shown, where more of it is written, or a pattern for it; undefined if it is no id. */
export function shownId(text: string): string | undefined {
  return /^[0-9a-f]{13,64}\*?$/.test(text) ? text.slice(0, SHOWN_DIGITS) : undefined;
}

/** The pod of Kubernetes, by its id. */
export function podOf(path: string): string | undefined {
  for (const part of path.split("/")) {
    const id = POD_COMPONENT.exec(part)?.[1];
    if (id !== undefined) return id.replaceAll("_", "-");
  }
  return undefined;
}

/** In the name of a unit systemd writes `\x2d` for a `-`. */
function unescapeUnit(name: string): string {
  return name.replace(/\\x([0-9a-f]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}
