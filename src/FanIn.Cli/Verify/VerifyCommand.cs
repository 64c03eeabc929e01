using System.CommandLine;
using FanIn.Checkpoints;
using FanIn.Cli.Help;

namespace FanIn.Cli.Verify;

/// <summary><c>fanin verify</c>: its options and their help.</summary>
internal static class VerifyCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string?> folder = new("DIR")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = $"A checkpoint that init wrote, with its {CheckpointRecord.FileName}.",
        };
        Option<string?> sample = new("--sample")
        {
            HelpName = "N",
            Description = "Compares N elements of each tensor, spread over it, instead of all.",
        };
        Option<string?> threads = new("--threads")
        {
            HelpName = "T",
            Description = "How many threads work out values and compare. Default: one a core.",
        };
        Option<string?> json = new("--json")
        {
            HelpName = "FILE",
            Description = "Writes what was found as JSON; - is standard output.",
        };
        ToolCommand command = new(
            "verify",
            "Works out a checkpoint's values again from the plan that lies beside it and compares, with no stored copy: says which tensor and element differ first."
        )
        {
            Usage = "DIR [OPTION ...]",
            Examples =
            [
                new("fanin verify model", "every element"),
                new("fanin verify model --sample 1000", "a thousand of each tensor, in seconds whatever the size"),
            ],
            Groups = [new("Work", [sample, threads]), new("Where results go", [json])],
            Notes = () =>
                [
                    new(
                        "Exit codes",
                        [
                            ("0", "all that was compared is as planned"),
                            ("1", "something differs or is missing"),
                            ("2", "wrong usage, or no checkpoint that init wrote"),
                            ("3", "interrupted, or another trouble of the moment: worth trying again"),
                        ]
                    ),
                ],
        };
        command.Add(folder);
        command.SetAction(
            (parsed, cancellation) =>
                Task.FromResult(
                    new VerifyAction(
                        parsed.GetValue(folder),
                        parsed.GetValue(sample),
                        parsed.GetValue(threads),
                        parsed.GetValue(json),
                        terminal
                    ).Execute(cancellation)
                )
        );
        return command;
    }
}
