using System.CommandLine;
using System.CommandLine.Help;
using FanIn.Lab;

namespace FanIn.Cli.Compare;

/// <summary><c>fanin compare</c>: its options and their help.</summary>
internal static class CompareCommand
{
    public static Command Create(Terminal terminal, string[] args)
    {
        Option<string?> preset = Text(
            "--preset",
            "P",
            $"A published claim with its settings: {string.Join(", ", Preset.All.Select(p => p.Name))}. Default: quickstart."
        );
        Option<string?> task = Text(
            "--task",
            "T",
            $"The data: {string.Join(", ", DataSets.Names)}, a CSV file (last column the class), or a folder with a folder of images or texts for each class."
        );
        Option<string?> network = Text(
            "--network",
            "N",
            "The network: mlp:30x64:relu (layers x width), cnn:30x16:relu, lenet:8:relu, text:4x64:relu, with any activation."
        );
        Option<string[]> init = new("--init")
        {
            HelpName = "I ...",
            Description = "The initializers to compare, for example he_normal \"orthogonal(gain=sqrt(2))\" lsuv.",
            AllowMultipleArgumentsPerToken = true,
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string?> seeds = Text("--seeds", "K", "Trainings of each initializer. Default: 3.");
        Option<string?> seed = Text(
            "--seed",
            "S",
            "The first seed of the weights; further ones follow it. Default: 1."
        );
        Option<string?> orderSeed = Text(
            "--order-seed",
            "S",
            "The first seed of the order of data, which all initializers share. Default: 1."
        );
        Option<string?> steps = Text("--steps", "S", "Updates in a training.");
        Option<string?> batch = Text("--batch", "B", "Examples in a batch.");
        Option<string?> rate = Text(
            "--learning-rate",
            "R|A..B:N",
            "The learning rate, or N rates from A to B: then each initializer is judged at its own best."
        );
        Option<string?> optimizer = Text("--optimizer", "sgd|adam", "SGD with momentum 0.9, or Adam. Default: sgd.");
        Option<string?> target = Text(
            "--target-loss",
            "L",
            "The training loss whose first reaching is counted. Default: half of what guessing costs."
        );
        Option<string?> data = Text(
            "--data",
            "DIR",
            "Where the files of fashion-mnist or spam-assassin are; with --preset he2015, takes the full set."
        );
        Option<string?> output = Text(
            "--out",
            "DIR",
            "Where the report, pictures and results go. Default: fanin-out/ and the preset's or task's name."
        );
        Option<string?> json = Text("--json", "FILE", "Writes all results as JSON; - for standard output.");
        Option<bool> fresh = new("--fresh") { Description = "Forgets stored results and trains everything anew." };
        Command command = new(
            "compare",
            """
            Trains the same network from several initializations on real data, says which learn and why the others don't, and writes a report page.

            Examples:
              fanin compare
              fanin compare --preset he2015 --seeds 5
              fanin compare --task digits --network mlp:50x64:tanh --init xavier_uniform he_normal orthogonal
              fanin compare --learning-rate 1e-4..1e-1:7 --json results.json
            """
        )
        {
            preset,
            task,
            network,
            init,
            seeds,
            seed,
            orderSeed,
            steps,
            batch,
            rate,
            optimizer,
            target,
            data,
            output,
            json,
            fresh,
        };
        command.SetAction(
            (parsed, cancellation) =>
                Task.FromResult(
                    CompareRun.Execute(
                        CompareRequest.Read(
                            new(
                                Preset: parsed.GetValue(preset),
                                Task: parsed.GetValue(task),
                                Network: parsed.GetValue(network),
                                Init: parsed.GetValue(init) ?? [],
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
                        ),
                        terminal,
                        CommandLineText.Of(args),
                        cancellation
                    )
                )
        );
        return command;
    }

    private static Option<string?> Text(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description };
}
