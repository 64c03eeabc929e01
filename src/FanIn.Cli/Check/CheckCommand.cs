using System.CommandLine;
using FanIn.Cli.Help;

namespace FanIn.Cli.Check;

/// <summary><c>fanin check</c>: its options and their help.</summary>
internal static class CheckCommand
{
    public static Command Create(Terminal terminal, string[] args)
    {
        Argument<string?> source = new("SOURCE")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = Tool.HasEngine
                ? "An .onnx file, or a checkpoint: a safetensors file, its index or folder."
                : "A checkpoint: a safetensors file, its index or folder.",
        };
        Option<string?> network = OfEngine(
            "--network",
            "N",
            "A built-in network of any size and activation in place of a file; see below."
        );
        Option<string?> assembly = AssemblyOption.Assembly();
        Option<string?> module = AssemblyOption.Module();
        Option<string?> init = OfEngine(
            "--init",
            "I",
            "Draws the weights anew: an initializer, or the name of a built-in recipe. Without it a file's and a module's weights are checked as they are."
        );
        Option<string?> recipe = Text(
            "--recipe",
            "FILE",
            Tool.HasEngine
                ? "The same by a recipe of yours, as JSON. A checkpoint's weights are held against it, or against a recipe or initializer by its name, and not drawn."
                : "A recipe of yours, as JSON, or a recipe or initializer by its name, to hold the weights against in the family's place."
        );
        Option<string?> config = Text(
            "--config",
            "FILE",
            "The config.json of a checkpoint's model, or its folder. Default: the one beside the checkpoint."
        );
        Option<string?> seeds = OfEngine(
            "--seeds",
            "K",
            "How many times weights are drawn; figures are medians. Default: 5."
        );
        Option<string?> seed = OfEngine(
            "--seed",
            "S",
            "The first draw's seed; the next draws take the next seeds. Inputs that are made up hang on it too. Default: 1."
        );
        Option<string[]> shape = new("--input-shape")
        {
            HelpName = "SIZES",
            Description =
                "The sizes of one example, without the batch: 3,224,224; of a model of several inputs NAME=SIZES ... Default: the model's own.",
            Hidden = !Tool.HasEngine,
            AllowMultipleArgumentsPerToken = true,
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string?> batch = OfEngine(
            "--batch",
            "FILE.npy|DIR",
            "Examples of yours: an array in NumPy's format, examples along its first axis, or a folder of images. Default: standard normal numbers."
        );
        Option<string?> examples = OfEngine("--examples", "N", "How many examples are made up.");
        Option<string?> expect = Text(
            "--expect",
            "init|trained",
            "What the weights are taken for; the rules of initialization don't apply to trained ones. Default: "
                + (
                    Tool.HasEngine
                        ? "trained for an .onnx file whose weights are checked as they are; of a checkpoint what most of its weights look like; else init."
                        : "what most of them look like."
                )
        );
        Option<string?> failOn = Text("--fail-on", "warning|error", "What makes the exit code 1. Default: warning.");
        Option<bool> allLayers = new("--all-layers")
        {
            Description = "Shows every layer of a deep network, and every finding.",
        };
        Option<string?> json = Text("--json", "FILE", "Writes all numbers as JSON; - is standard output.");
        Option<string?> report = OfEngine("--report", "FILE.html", "Writes a report page with pictures.");
        Option<string?> fix = Text("--fix", "FILE.json", "Writes the recipe that mends what was found, for --recipe.");
        Option<string?> sarif = Text("--sarif", "FILE", "Writes the findings in SARIF 2.1.0, for code hosts.");
        Option<string?> junit = Text("--junit", "FILE", "Writes them as JUnit's XML, for build servers.");
        ToolCommand command = new(
            "check",
            Tool.HasEngine
                ? "Says before training whether the signal and its gradient survive a network's depth, which layer is at fault, why, and what to write instead."
                : "Holds a checkpoint's tensors against its family's initialization, or looks for those of a trained one that still have their first values."
        )
        {
            Usage = Tool.HasEngine
                ? "SOURCE | --network N --init I | --assembly X.dll --module TYPE  [OPTION ...]"
                : "SOURCE [OPTION ...]",
            Examples =
            [
                .. OfEngine<Example>(
                    new(
                        "fanin check --network mlp:50x256:relu --init xavier_normal",
                        "a built-in network: each layer's signal, predicted and measured"
                    ),
                    new(
                        "fanin check model.onnx --input-shape 3,224,224 --report check.html",
                        "a model of any framework, and a page with pictures"
                    )
                ),
                new(
                    "fanin check model.safetensors --config config.json",
                    "a checkpoint: each tensor against its family's rule"
                ),
                .. OfEngine<Example>(
                    new(
                        "fanin check --assembly bin/My.dll --module My.Network --batch batch.npy",
                        "your module with the weights that its constructor gives it, on your data"
                    ),
                    new(
                        "fanin check --network mlp:50x256:gelu --init he_normal --fix mended.json",
                        "the recipe that mends it"
                    ),
                    new(
                        "fanin check model.onnx --expect init --fail-on error --sarif check.sarif",
                        "in CI: fails on errors, findings for the code host"
                    )
                ),
            ],
            Groups =
            [
                new("What to check", [network, assembly, module, config, init, recipe, seeds, seed]),
                new("On what", [shape, batch, examples]),
                new("What counts", [expect, failOn]),
                new("Where results go", [allLayers, json, report, fix, sarif, junit]),
            ],
            Notes = () =>
                [
                    .. OfEngine<HelpSection>(
                        NetworkList.Section,
                        new(
                            "The table",
                            [
                                (
                                    "",
                                    "RMS is the root mean square of a layer's output before its activation, over batch and units; gradient is that of the loss with respect to it. "
                                        + "Predicted is what mean-field theory says, of the same structure and scale of weights; below and above mark what leaves the interval that 95 of 100 draws keep to."
                                ),
                            ]
                        )
                    ),
                    new(
                        "Exit codes",
                        [
                            ("0", "healthy: no error and no warning (with --fail-on error: no error)"),
                            ("1", "not healthy"),
                            ("2", "wrong usage or bad input"),
                            ("3", "interrupted, disk full or another trouble of the moment: worth trying again"),
                        ]
                    ),
                    InitializerList.Section(_ => true),
                    new("Recipes", [("", string.Join(", ", Recipe.Names))]),
                ],
        };
        command.Add(source);
        command.SetAction(
            (parsed, cancellation) =>
            {
                string[] shapes = parsed.GetValue(shape) ?? [];
                var request = CheckRequest.Read(
                    new(
                        Source: parsed.GetValue(source),
                        Network: parsed.GetValue(network),
                        Assembly: parsed.GetValue(assembly),
                        Module: parsed.GetValue(module),
                        Init: parsed.GetValue(init),
                        Recipe: parsed.GetValue(recipe),
                        Config: parsed.GetValue(config),
                        InputShape: shapes,
                        Batch: parsed.GetValue(batch),
                        Examples: parsed.GetValue(examples),
                        Seeds: parsed.GetValue(seeds),
                        Seed: parsed.GetValue(seed),
                        Expect: parsed.GetValue(expect),
                        FailOn: parsed.GetValue(failOn),
                        Fix: parsed.GetValue(fix),
                        Json: parsed.GetValue(json),
                        Report: parsed.GetValue(report),
                        Sarif: parsed.GetValue(sarif),
                        Junit: parsed.GetValue(junit),
                        AllLayers: parsed.GetValue(allLayers)
                    )
                );
                return Task.FromResult(
                    new CheckRun(request, terminal, CommandLineText.Of(args), cancellation).Execute()
                );
            }
        );
        return command;
    }

    /// <summary>What a checkpoint's check has no use for.</summary>
    private static Option<string?> OfEngine(string name, string value, string description) =>
        new(name)
        {
            HelpName = value,
            Description = description,
            Hidden = !Tool.HasEngine,
        };

    private static T[] OfEngine<T>(params T[] all) => Tool.HasEngine ? all : [];

    private static Option<string?> Text(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description };
}
