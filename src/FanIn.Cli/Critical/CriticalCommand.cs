using System.CommandLine;
using FanIn.Cli.Help;

namespace FanIn.Cli.Critical;

/// <summary><c>fanin critical</c>: its options and their help.</summary>
internal static class CriticalCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> activation = new("ACTIVATION")
        {
            Description = "The activation, of one input; quote it where it has parentheses.",
        };
        Option<string?> bias = new("--bias-variance")
        {
            HelpName = "B",
            Description = "The variance of the biases: a number not below 0. Default: 0.",
        };
        Option<string?> json = new("--json")
        {
            HelpName = "FILE",
            Description = "Writes the numbers to 15 digits and more as JSON; - is standard output.",
        };
        ToolCommand command = new(
            "critical",
            "The weight variance at which a deep network of one activation passes signals and gradients on, neither growing nor shrinking."
        )
        {
            Usage = "ACTIVATION [--bias-variance B] [--json FILE]",
            Examples =
            [
                new("fanin critical relu", "why weights of variance 2 / fan_in"),
                new("fanin critical tanh --bias-variance 0.05", "a point that draws signals towards it"),
                new("fanin critical gelu", "a point that signals run away from, and where they stop doing so"),
            ],
            Groups = [new("Options", [bias]), new("Where results go", [json])],
            Notes = () =>
                [
                    new(
                        "The lines, for f the activation and u ~ N(0, q)",
                        [
                            ("weight variance", "fan_in times the variance of a weight"),
                            (
                                "fixed point q",
                                "the variance of a layer's output u, before f, that the next one has again"
                            ),
                            ("chi_perp", "weight variance times E f'(u)^2: a gradient's second moment grows by it"),
                            ("chi_par", "the slope of the map from one layer's q to the next: a deviation grows by it"),
                            ("stability", "whether a signal that is a little off comes back"),
                            ("double point", "the bias variance at which chi_par is 1 too, if there is one"),
                        ]
                    ),
                ],
        };
        command.Add(activation);
        command.SetAction(parsed =>
            new CriticalRun(
                CriticalRequest.Read(parsed.GetValue(activation)!, parsed.GetValue(bias), parsed.GetValue(json)),
                terminal
            ).Execute()
        );
        return command;
    }
}
