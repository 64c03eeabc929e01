using System.CommandLine;
using FanIn.Checkpoints;
using FanIn.Cli.Help;

namespace FanIn.Cli.Plan;

/// <summary>What <c>plan</c> and <c>init</c> have in common on the command line: a model, its recipe and its files.</summary>
internal sealed class ModelArguments
{
    public Argument<string?> Source { get; } =
        new("SOURCE")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description =
                "A config.json or its folder, a list of shapes, a safetensors file, index or folder, or an ONNX file.",
        };

    public Option<string?> Shapes { get; } =
        Text(
            "--shapes",
            "FILE",
            "The tensors of a model of no known family: a JSON list of names and shapes, or another checkpoint."
        );

    public Option<string?> Assembly { get; } = AssemblyOption.Assembly();

    public Option<string?> Module { get; } = AssemblyOption.Module();

    public Option<string?> Recipe { get; } =
        Text(
            "--recipe",
            "R",
            "What the weights get instead of the family's own initialization: a recipe's or an initializer's name, or a file of rules. Shapes and modules need it."
        );

    public Option<string?> ElementType { get; } =
        Text(
            "--dtype",
            "T",
            $"How weights are stored: {string.Join(", ", Spelling.Words<ElementType>())}. Default: as the config says, or float32."
        );

    public Option<string?> MaxShardSize { get; } =
        Text(
            "--max-shard-size",
            "SIZE",
            "The most bytes of tensors in a file: 5GB, 500MB, 2GiB; GB is 10^9. Default: 5GB."
        );

    public Option<string?> ShardRule { get; } =
        Text(
            "--shard-rule",
            "RULE",
            "Where a tensor is larger than that: hub (default) gives it a file of its own, transformers4 closes the file it is in."
        );

    /// <summary>How a model is told on the command line.</summary>
    public static string Usage => Tool.HasEngine ? "SOURCE | --assembly X.dll --module TYPE" : "SOURCE";

    /// <summary>The options that describe a model in place of a SOURCE.</summary>
    public Option[] Described => [Shapes, Assembly, Module];

    /// <summary>What may be written for a model and for a recipe.</summary>
    public static HelpSection[] Notes =>
        [
            new("Families", [("", string.Join(", ", CheckpointModel.Families))]),
            new("Recipes", [("", string.Join(", ", FanIn.Recipe.Names))]),
            InitializerList.Section(CanDraw),
        ];

    public PlanOptions Read(ParseResult parsed, Option<string?> json, bool all = false) =>
        new(
            parsed.GetValue(Source),
            parsed.GetValue(Shapes),
            parsed.GetValue(Assembly),
            parsed.GetValue(Module),
            parsed.GetValue(Recipe),
            parsed.GetValue(ElementType),
            parsed.GetValue(MaxShardSize),
            parsed.GetValue(ShardRule),
            parsed.GetValue(json),
            all
        );

    public static Option<string?> Text(string name, string helpName, string description) =>
        new(name) { HelpName = helpName, Description = description };

    /// <summary>A checkpoint is drawn without running its model.</summary>
    private static bool CanDraw(string name) =>
        !(Initializer.TryParse(name, out Initializer? initializer) && initializer.IsDataDriven);
}
