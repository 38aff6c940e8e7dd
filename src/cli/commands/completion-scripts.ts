/** Completion scripts for shells. They call `faultline complete`, which knows the definitions. */
import { didYouMean } from "../../diagnostics/suggest.js";
import { defineCommand } from "../command.js";
import { EXIT } from "../exit.js";
import { argument } from "../request/options.js";
import { CliError } from "../failure.js";

const BASH = `# Completion of faultline for bash: source this, or put it into /usr/share/bash-completion/completions/faultline.
_faultline() {
    local value about
    COMPREPLY=()
    # What is typed is handed over as it is; nothing of it is run.
    while IFS=$'\\t' read -r value about; do
        if [[ $value == :files ]]; then
            compopt -o filenames 2>/dev/null
            while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "$2")
        else
            COMPREPLY+=("$value")
        fi
    done < <(faultline complete "$2" "\${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)
}
complete -F _faultline faultline
`;

const ZSH = `#compdef faultline
# Completion of faultline for zsh: put this into a directory of $fpath, as _faultline.
_faultline() {
    local line files=0
    local -a values shown
    for line in "\${(@f)$(faultline complete "$PREFIX" "\${(@)words[2,CURRENT-1]}" 2>/dev/null)}"; do
        if [[ $line == :files ]]; then
            files=1
        elif [[ -n $line ]]; then
            values+=("\${line%%$'\\t'*}")
            shown+=("\${line/$'\\t'/  -- }")
        fi
    done
    (( $#values )) && compadd -l -d shown -a values
    (( files )) && _files
    return 0
}
if [[ $funcstack[1] == _faultline ]]; then
    _faultline "$@"
else
    compdef _faultline faultline
fi
`;

const FISH = `# Completion of faultline for fish: put this into ~/.config/fish/completions/faultline.fish.
function __faultline_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in (faultline complete "$current" $words[2..-1] 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path (string unescape -- "$current"; or echo "$current")
        else
            printf '%s\\n' $line
        end
    end
end
complete -c faultline -f -a '(__faultline_complete)'
`;

/** The script of each shell and the file name that the shell expects. */
export const SCRIPTS = {
  bash: { file: "faultline.bash", text: BASH },
  zsh: { file: "_faultline", text: ZSH },
  fish: { file: "faultline.fish", text: FISH },
} as const;

export const SHELLS = Object.keys(SCRIPTS) as readonly (keyof typeof SCRIPTS)[];

export const completionCommand = defineCommand({
  arguments: [argument("<shell>", SHELLS, SHELLS.join(", "))],
  options: {},
  action: ([shell]) => completion(shell),
});

function completion(name: string): number {
  const shell = SHELLS.find((each) => each === name);
  if (shell === undefined)
    throw new CliError(
      `there is no completion for \`${name}\``,
      EXIT.usage,
      didYouMean(name, SHELLS) ?? `there is for ${SHELLS.join(", ")}`,
    );
  process.stdout.write(SCRIPTS[shell].text);
  return EXIT.done;
}
