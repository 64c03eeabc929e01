using System.CommandLine;
using FanIn.Checkpoints;
using FanIn.Cli.Help;

namespace FanIn.Cli.Plan;

/// <summary><c>fanin plan</c>: its options and their help.</summary>
internal static class PlanCommand
{
    public static Command Create(Terminal terminal)
    {
        var model = new ModelArguments();
        Option<bool> all = new("--all")
        {
            Description = "Shows every tensor and every file, instead of one line for what all layers have.",
        };
        Option<string?> json = ModelArguments.Text(
            "--json",
            "FILE",
            "Writes the whole plan as JSON; - is standard output."
        );
        ToolCommand command = new(
            "plan",
            "What a checkpoint will be, before a value is drawn: every tensor with its initializer, fan and standard deviation, and every file to the byte."
        )
        {
            Usage = $"{ModelArguments.Usage} [OPTION ...]",
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
                .. Tool.HasEngine
                    ? (Example[])
                        [
                            new(
                                "fanin plan --assembly bin/My.dll --module My.Network --recipe he_normal",
                                "a TorchSharp module of yours"
                            ),
                        ]
                    : [],
            ],
            Groups =
            [
                new("Values", [model.Recipe, model.ElementType]),
                new("Tensors and files", [.. model.Described, model.MaxShardSize, model.ShardRule]),
                new("Where results go", [all, json]),
            ],
            Notes = () => [.. ModelArguments.Notes],
        };
        command.Add(model.Source);
        command.SetAction(parsed =>
            new PlanRun(PlanRequest.Read(model.Read(parsed, json, parsed.GetValue(all))), terminal).Execute()
        );
        return command;
    }
}
