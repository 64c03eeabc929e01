using FanIn.Checkpoints;
using FanIn.Cli.Plan;

namespace FanIn.Cli.Check;

/// <summary>A check of a checkpoint's values, tensor by tensor. No network is run.</summary>
internal static class CheckpointSource
{
    private const string ConfigName = "config.json";

    /// <exception cref="UsageException">The config can't be read.</exception>
    /// <exception cref="SafetensorsException">The checkpoint can't be read.</exception>
    /// <exception cref="ModelConfigException">The config makes no model.</exception>
    /// <exception cref="RecipeException">The recipe doesn't fit the model.</exception>
    public static CheckOutcome Check(CheckRequest request, Terminal person, CancellationToken cancellation)
    {
        using Checkpoint checkpoint = Checkpoint.Open(request.Source);
        (string? config, CheckpointModel? model) = ReadModel(request, checkpoint, person);
        using var progress = ByteProgress.For(person, "read");
        CheckpointReport report = CheckpointCheck.Run(
            checkpoint,
            model,
            new()
            {
                Recipe = request.Recipe,
                Expectation = request.Expect,
                Progress = step => progress.Report(step.Bytes, step.Total),
            },
            cancellation
        );
        string rule =
            request.RecipeText
            ?? (
                config is null
                    ? "no rule, since there is no config"
                    : $"the {model!.Family} family's own initialization"
            );
        return new(request.Source, report.Signal)
        {
            Checkpoint = report,
            File = checkpoint.Path,
            Recipe = model is null ? null : request.Recipe ?? model.Recipe,
            Settings =
            [
                ("Checkpoint", request.Source),
                ("Config", config ?? "none"),
                ("Held against", rule),
                (
                    "Weights taken for",
                    report.Expectation == SignalExpectation.Trained ? "trained" : "freshly initialized"
                ),
            ],
        };
    }

    /// <summary>Without a config, a recipe needs the shapes alone.</summary>
    private static (string? Config, CheckpointModel? Model) ReadModel(
        CheckRequest request,
        Checkpoint checkpoint,
        Terminal person
    )
    {
        if (request.Config is { } given)
        {
            return (given, Load(given));
        }
        string beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(checkpoint.Path)) ?? "", ConfigName);
        if (ModelSource.Existing(beside) is { } found)
        {
            try
            {
                return (found, Load(found));
            }
            catch (ModelConfigException e)
            {
                // Nobody asked for it: a checkpoint of another family is checked as one without a config.
                person.Error.WriteLine(
                    $"fanin: the config beside the checkpoint isn't used; {e.Message.ReplaceLineEndings(" ")}"
                );
            }
        }
        return (null, request.Recipe is null ? null : CheckpointModel.FromTensors(checkpoint.Tensors));
    }

    private static CheckpointModel Load(string config)
    {
        if (!File.Exists(config) && !Directory.Exists(config))
        {
            throw new UsageException($"there is no --config '{config}': give the model's config.json, or its folder");
        }
        CheckpointModel model = new ModelSource(config, null).Load(null);
        return model.Family.Length > 0
            ? model
            : throw new UsageException(
                $"--config '{config}' isn't a config: give the config.json of the checkpoint's model"
            );
    }
}
