using System.CommandLine;
using FanIn.Checkpoints;
using FanIn.Cli.Help;
using FanIn.Cli.Plan;

namespace FanIn.Cli.Init;

/// <summary><c>fanin init</c>: its options and their help.</summary>
internal static class InitCommand
{
    public static Command Create(Terminal terminal)
    {
        var model = new ModelArguments();
        Option<string?> output = ModelArguments.Text(
            "--out",
            "DIR",
            "The folder of the checkpoint; made where there is none. With --match on an ONNX file also the new file, FILE.onnx."
        );
        Option<string?> seed = ModelArguments.Text("--seed", "S", "From -2^63 to 2^64-1. Default: 0.");
        Option<string?> match = ModelArguments.Text(
            "--match",
            "PATTERN",
            "Gives new values only to the tensors of a checkpoint or ONNX file whose names fit, such as \"*.mlp.*\"; all else is copied byte by byte."
        );
        Option<string?> layout = ModelArguments.Text(
            "--layout",
            "L",
            "hf (default) has the sizes of published files; aligned begins the data at a multiple of 4096 bytes."
        );
        Option<bool> provenance = new("--provenance")
        {
            Description = "Writes FanIn's version, seed and recipe into every file's metadata, which makes it longer.",
        };
        Option<string?> rank = ModelArguments.Text(
            "--rank",
            "R",
            "Which of several processes this is, from 0. Default: as the launcher says (Slurm, MPI, torchrun, Kubernetes)."
        );
        Option<string?> world = ModelArguments.Text("--world", "N", "How many processes share the work.");
        Option<string?> threads = ModelArguments.Text(
            "--threads",
            "T",
            "How many threads work values out. Default: one a core."
        );
        Option<bool> noDirect = new("--no-direct")
        {
            Description = "Writes through the system's page cache even where it can be bypassed.",
        };
        Option<string?> json = ModelArguments.Text(
            "--json",
            "FILE",
            "Writes what was done as JSON; - is standard output."
        );
        ToolCommand command = new(
            "init",
            "Writes a checkpoint with its first values: any size in little memory, the same bytes from one process or many; what is there already is kept."
        )
        {
            Usage = $"{ModelArguments.Usage} --out DIR [OPTION ...]",
            Examples =
            [
                new("fanin init config.json --out model --seed 42", "a model of a known family, as its config says"),
                new("fanin init llama/ --out model --dtype bfloat16 --recipe he_normal", "another type and recipe"),
                new("srun -n 64 fanin init config.json --out /shared/model", "64 processes, each its part"),
                new(
                    "fanin init model/ --out fresh --match \"*.mlp.*\" --recipe \"normal(std=0.02)\"",
                    "another checkpoint with some of its tensors new"
                ),
                new(
                    "fanin init model.onnx --out fresh.onnx --match \"fc*.weight\" --recipe he_normal",
                    "an ONNX file likewise: the graph and all else as it is"
                ),
                new("fanin verify model", "afterwards: every value worked out again and compared"),
            ],
            Groups =
            [
                new("Values", [seed, model.Recipe, match, model.ElementType]),
                new(
                    "Tensors and files",
                    [output, .. model.Described, model.MaxShardSize, model.ShardRule, layout, provenance]
                ),
                new("Work", [rank, world, threads, noDirect]),
                new("Where results go", [json]),
            ],
            Notes = () =>
                [
                    new(
                        "Interrupted or killed",
                        [
                            (
                                "",
                                "No file is half there under its name. The same command again keeps what is finished and writes the rest."
                            ),
                        ]
                    ),
                    new(
                        "Exit codes",
                        [
                            ("0", "this process's part is written"),
                            ("2", "wrong usage or bad input: trying again won't help"),
                            ("3", "interrupted, disk full or another trouble of the moment: worth trying again"),
                        ]
                    ),
                    .. ModelArguments.Notes,
                ],
        };
        command.Add(model.Source);
        command.SetAction(
            (parsed, cancellation) =>
                Task.FromResult(
                    Run(
                        InitRequest.Read(
                            new(
                                model.Read(parsed, json),
                                parsed.GetValue(output),
                                parsed.GetValue(seed),
                                parsed.GetValue(match),
                                parsed.GetValue(layout),
                                parsed.GetValue(provenance),
                                parsed.GetValue(rank),
                                parsed.GetValue(world),
                                parsed.GetValue(threads),
                                parsed.GetValue(noDirect)
                            ),
                            Environment.GetEnvironmentVariable
                        ),
                        terminal,
                        cancellation
                    )
                )
        );
        return command;
    }

    private static int Run(InitRequest request, Terminal terminal, CancellationToken cancellation) =>
        request.OnnxOutput is null
            ? new InitRun(request, terminal).Execute(cancellation)
            : Tool.CopyOnnx(request, terminal, cancellation);
}
