using System.CommandLine;
using FanIn.Checkpoints;
using FanIn.Cli.Help;

namespace FanIn.Cli.Plan;

/// <summary><c>fanin plan</c>: its options and their help.</summary>
internal static class PlanCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string?> source = new("SOURCE")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description =
                "A config.json or its folder, a list of shapes, a safetensors file, index or folder, or an ONNX file.",
        };
        Option<string?> shapes = Text(
            "--shapes",
            "FILE",
            "The tensors of a model of no known family: a JSON list of names and shapes, or another checkpoint."
        );
        Option<string?> recipe = Text(
            "--recipe",
            "R",
            "What the weights get instead of the family's own initialization: a recipe's or an initializer's name, or a file of rules. Shapes need it."
        );
        Option<string?> dtype = Text(
            "--dtype",
            "T",
            $"How weights are stored: {string.Join(", ", Spelling.Words<ElementType>())}. Default: as the config says, or float32."
        );
        Option<string?> size = Text(
            "--max-shard-size",
            "SIZE",
            "The most bytes of tensors in a file: 5GB, 500MB, 2GiB; GB is 10^9. Default: 5GB."
        );
        Option<string?> rule = Text(
            "--shard-rule",
            "RULE",
            "Where a tensor is larger than that: hub (default) gives it a file of its own, transformers4 closes the file it is in."
        );
        Option<bool> all = new("--all")
        {
            Description = "Shows every tensor and every file, instead of one line for what all layers have.",
        };
        Option<string?> json = Text("--json", "FILE", "Writes the whole plan as JSON; - is standard output.");
        ToolCommand command = new(
            "plan",
            "What a checkpoint will be, before a value is drawn: every tensor with its initializer, fan and standard deviation, and every file to the byte."
        )
        {
            Usage = "SOURCE [OPTION ...]",
            Examples =
            [
                new("fanin plan config.json", "a model of a known family, by the family's own initialization"),
                new("fanin plan llama/ --recipe he_normal --dtype bfloat16", "the same model by another recipe"),
                new("fanin plan config.json --max-shard-size 2GB --json plan.json", "smaller files, for a program"),
                new("fanin plan --shapes shapes.json --recipe gpt2", "a model of no known family, from its shapes"),
                new(
                    "fanin plan model.safetensors --recipe rules.json",
                    "the tensors of another checkpoint, by your rules"
                ),
            ],
            Groups =
            [
                new("Values", [recipe, dtype]),
                new("Tensors and files", [shapes, size, rule]),
                new("Where results go", [all, json]),
            ],
            Notes = () =>
                [
                    new("Families", [("", string.Join(", ", CheckpointModel.Families))]),
                    new("Recipes", [("", string.Join(", ", Recipe.Names))]),
                    InitializerList.Section(CanDraw),
                ],
        };
        command.Add(source);
        command.SetAction(parsed =>
            new PlanRun(
                PlanRequest.Read(
                    new(
                        parsed.GetValue(source),
                        parsed.GetValue(shapes),
                        parsed.GetValue(recipe),
                        parsed.GetValue(dtype),
                        parsed.GetValue(size),
                        parsed.GetValue(rule),
                        parsed.GetValue(json),
                        parsed.GetValue(all)
                    )
                ),
                terminal
            ).Execute()
        );
        return command;
    }

    /// <summary>A checkpoint is drawn without running its model.</summary>
    private static bool CanDraw(string name) =>
        !(Initializer.TryParse(name, out Initializer? initializer) && initializer.IsDataDriven);

    private static Option<string?> Text(string name, string helpName, string description) =>
        new(name) { HelpName = helpName, Description = description };
}
