using System.CommandLine;
using FanIn.Cli.Help;

namespace FanIn.Cli.Gain;

/// <summary><c>fanin gain</c>: its options and their help.</summary>
internal static class GainCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string?> activation = new("ACTIVATION")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "The activation; quote it where it has parentheses. Without it: the whole catalogue.",
        };
        Option<string?> json = new("--json")
        {
            HelpName = "FILE",
            Description = "Writes the numbers to 15 digits and more as JSON; - is standard output.",
        };
        ToolCommand command = new(
            "gain",
            "The gains that make up for an activation, derived for normal inputs of variance 1, beside PyTorch's conventional one."
        )
        {
            Usage = "[ACTIVATION] [--json FILE]",
            Examples =
            [
                new("fanin gain", "the whole catalogue"),
                new("fanin gain \"leaky_relu(0.2)\"", "the gain for he_normal(gain=...) before a leaky ReLU"),
                new("fanin gain --json gains.json", "the catalogue for a program"),
            ],
            Groups = [new("Where results go", [json])],
            Notes = () =>
                [
                    new(
                        "The columns, for f the activation and z ~ N(0, 1)",
                        [
                            ("mean", "E f(z)"),
                            ("E f^2", "the second moment that the next layer gets"),
                            ("Var f", "what is left of it without the mean"),
                            ("E f'^2", "what a gradient's second moment is multiplied by"),
                            (
                                "forward gain",
                                "1 / sqrt(E f^2): with weights of variance gain^2 / fan_in the signal keeps its size"
                            ),
                            (
                                "backward gain",
                                "1 / sqrt(E f'^2): with weights of variance gain^2 / fan_out the gradient keeps its size"
                            ),
                            (
                                "variance gain",
                                "1 / sqrt(Var f): for networks that take the mean away, as normalization does"
                            ),
                            ("torch gain", "torch.nn.init.calculate_gain, by convention; - where it has none"),
                            (
                                "",
                                "Gated activations f(a) b have two independent inputs; their E f'^2 is the sum over both. A gain is - where nothing passes."
                            ),
                        ]
                    ),
                    new("Activations", [("", string.Join(", ", GainRequest.Catalogue))]),
                ],
        };
        command.Add(activation);
        command.SetAction(parsed =>
            new GainRun(GainRequest.Read(parsed.GetValue(activation), parsed.GetValue(json)), terminal).Execute()
        );
        return command;
    }
}
