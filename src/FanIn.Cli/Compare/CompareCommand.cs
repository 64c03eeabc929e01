using System.Collections.Immutable;
using System.CommandLine;
using FanIn.Cli.Help;
using FanIn.Lab;

namespace FanIn.Cli.Compare;

/// <summary><c>fanin compare</c>: its options and their help.</summary>
internal static class CompareCommand
{
    public static Command Create(Terminal terminal, string[] args)
    {
        Option<string?> preset = Text("--preset", "P", "One of the presets below. Default: quickstart.");
        Option<string?> task = Text(
            "--task",
            "T",
            $"The data: {string.Join(", ", DataSets.Names)}, a CSV file (last column the class), or a folder that holds a folder of images or texts for each class."
        );
        Option<string?> network = Text(
            "--network",
            "N",
            "mlp:30x64:relu (hidden layers x width), cnn:30x16:relu (layers x channels), lenet:8:relu (channels), text:4x64:relu (layers x channels), resnet:18:relu, resnet:30x16:relu (blocks x channels) or transformer:4x64:gelu (blocks x width), with any size and activation; see below. Default: the preset's."
        );
        Option<string?> assembly = Text(
            "--assembly",
            "X.dll",
            "A .NET assembly with a TorchSharp module of your own in place of --network. Its code is run."
        );
        Option<string?> module = Text(
            "--module",
            "TYPE",
            "Which module of the assembly: a type, or Type.Method for a static method that makes one. Default: the only one."
        );
        Option<string[]> init = new("--init")
        {
            HelpName = "I ...",
            Description =
                "The initializers to compare, with spaces between; quote those with parentheses. Default: the preset's.",
            AllowMultipleArgumentsPerToken = true,
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string?> seeds = Text("--seeds", "K", "Trainings of each initializer. Default: 3.");
        Option<string?> seed = Text(
            "--seed",
            "S",
            "Seed of the first training's weights; the next trainings take the next seeds. Default: 1."
        );
        Option<string?> orderSeed = Text(
            "--order-seed",
            "S",
            "Seed of the order of the data, the same for all initializers. Default: 1."
        );
        Option<string?> steps = Text("--steps", "S", "Updates in a training. Default: the preset's.");
        Option<string?> batch = Text("--batch", "B", "Examples in a batch. Default: the preset's.");
        Option<string?> rate = Text(
            "--learning-rate",
            "R|A..B:N",
            "One learning rate, or N of them from A to B: then each initializer is judged at its own best. Default: the preset's."
        );
        Option<string?> optimizer = Text("--optimizer", "sgd|adam", "SGD with momentum 0.9, or Adam. Default: sgd.");
        Option<string?> target = Text(
            "--target-loss",
            "L",
            "Steps are counted until the training loss is below this. Default: half the loss of guessing."
        );
        Option<string?> data = Text(
            "--data",
            "DIR",
            "The folder with the files of --task fashion-mnist or spam-assassin; --preset he2015 with it takes all of Fashion-MNIST."
        );
        Option<string?> output = Text(
            "--out",
            "DIR",
            "Where report.html, pictures and stored results go. Default: fanin-out/NAME, by preset or task."
        );
        Option<string?> json = Text("--json", "FILE", "Writes all results as JSON too; - is standard output.");
        Option<bool> fresh = new("--fresh") { Description = "Forgets the results stored in the output folder." };
        ToolCommand command = new(
            "compare",
            "Trains the same network from several initializations on real data, says which learn and why the others don't, and writes a report page."
        )
        {
            Examples =
            [
                new("fanin compare", "the quickstart: six initializations of a deep network, in under a minute"),
                new("fanin compare --preset he2015 --seeds 5", "a published claim, with more seeds"),
                new(
                    "fanin compare --network mlp:50x64:tanh --init xavier_uniform \"orthogonal(gain=1)\"",
                    "your own network and initializers"
                ),
                new(
                    "fanin compare --learning-rate 1e-4..1e-1:7 --json results.json",
                    "each initializer at its best learning rate; all numbers to a file"
                ),
            ],
            Groups =
            [
                new("What to compare", [preset, task, data, network, assembly, module, init]),
                new("How to train", [seeds, steps, batch, rate, optimizer, target, seed, orderSeed]),
                new("Where results go", [output, json, fresh]),
            ],
            Notes = () =>
                [
                    new("Presets", [.. Preset.All.Select(p => (p.Name, p.Claim))]),
                    NetworkList.Section,
                    InitializerList.Section(_ => true),
                    new(
                        "Activations",
                        [
                            (
                                "",
                                string.Join(
                                    ", ",
                                    Activation
                                        .Names.Where(name => !Activation.Parse(name).IsGated)
                                        .Order(StringComparer.Ordinal)
                                )
                            ),
                        ]
                    ),
                    new(
                        "Interrupted",
                        [
                            (
                                "",
                                "Each training's result is stored as soon as it is done. Ctrl-C stops; the same command goes on from there."
                            ),
                        ]
                    ),
                ],
        };
        command.SetAction(
            (parsed, cancellation) =>
            {
                string[] inits = parsed.GetValue(init) ?? [];
                CompareRequest request = CompareRequest.Read(
                    new(
                        Preset: parsed.GetValue(preset),
                        Task: parsed.GetValue(task),
                        Network: parsed.GetValue(network),
                        Assembly: parsed.GetValue(assembly),
                        Module: parsed.GetValue(module),
                        Init: inits,
                        Seeds: parsed.GetValue(seeds),
                        Seed: parsed.GetValue(seed),
                        OrderSeed: parsed.GetValue(orderSeed),
                        Steps: parsed.GetValue(steps),
                        Batch: parsed.GetValue(batch),
                        LearningRate: parsed.GetValue(rate),
                        Optimizer: parsed.GetValue(optimizer),
                        TargetLoss: parsed.GetValue(target),
                        Data: parsed.GetValue(data),
                        Out: parsed.GetValue(output),
                        Json: parsed.GetValue(json),
                        Fresh: parsed.GetValue(fresh)
                    )
                );
                return new CompareRun(request, terminal, CommandLineText.Of(args), cancellation).RunAsync();
            }
        );
        return command;
    }

    private static Option<string?> Text(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description };
}
