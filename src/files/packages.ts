/** Which package has what is missing, by the package manager of the machine. */

export type Wanted = "bpftrace" | "bcc" | "headers";

interface Manager {
  /** A program that only it has. */
  readonly program: string;
  readonly install: string;
  /** With `RELEASE` for that of the kernel. */
  readonly packages: Readonly<Record<Wanted, string>>;
}

const MANAGERS: readonly Manager[] = [
  {
    program: "apt-get",
    install: "apt install",
    packages: { bpftrace: "bpftrace", bcc: "python3-bpfcc", headers: "linux-headers-RELEASE" },
  },
  {
    program: "dnf",
    install: "dnf install",
    packages: { bpftrace: "bpftrace", bcc: "python3-bcc", headers: "kernel-devel-RELEASE" },
  },
  {
    program: "zypper",
    install: "zypper install",
    packages: { bpftrace: "bpftrace", bcc: "python3-bcc", headers: "kernel-default-devel" },
  },
  {
    program: "pacman",
    install: "pacman -S",
    packages: { bpftrace: "bpftrace", bcc: "python-bcc", headers: "linux-headers" },
  },
  {
    program: "apk",
    install: "apk add",
    packages: { bpftrace: "bpftrace", bcc: "py3-bcc", headers: "linux-lts-dev" },
  },
];

/** Returns the command that installs it; where the package manager is not known, the name of its package. */
export function howToInstall(
  wanted: Wanted,
  release: string,
  hasProgram: (program: string) => boolean,
): string {
  const manager = MANAGERS.find(({ program }) => hasProgram(program));
  if (manager) return `${manager.install} ${manager.packages[wanted].replace("RELEASE", release)}`;
  switch (wanted) {
    case "bpftrace":
      return "install the package `bpftrace` of your distribution";
    case "bcc":
      return "install the package `python3-bpfcc` (on some distributions `python3-bcc`)";
    case "headers":
      return `install the headers of kernel ${release}`;
  }
}
