using System.Collections.Immutable;
using System.Text;
using FanIn.Checkpoints;
using FanIn.Cli.Plan;

namespace FanIn.Cli.Init;

/// <summary>What <c>init</c> writes: the files' bytes, and the documents before and after them.</summary>
internal sealed class InitSource : IDisposable
{
    private const string Config = "config.json";
    private const int Block = 4096;
    private readonly IDisposable? _open;

    private InitSource(
        CheckpointValues values,
        CheckpointRecord record,
        string? config,
        CheckpointDocument? index,
        IDisposable? open = null
    )
    {
        (Values, _open) = (values, open);
        Before =
        [
            record.ToDocument(),
            .. config is null ? ImmutableArray<CheckpointDocument>.Empty : [new(Config, ModelSource.BytesOf(config))],
        ];
        After = index is null ? [] : [index];
    }

    public CheckpointValues Values { get; }

    public ImmutableArray<CheckpointDocument> Before { get; }

    public ImmutableArray<CheckpointDocument> After { get; }

    /// <summary>What is copied from the folder of another checkpoint.</summary>
    public CompanionFiles? Companions { get; private init; }

    /// <summary>What a person should know before it begins.</summary>
    public ImmutableArray<string> Notices { get; private init; } = [];

    /// <summary>A checkpoint of new values alone.</summary>
    public static InitSource New(InitRequest request)
    {
        PlanRequest asked = request.Plan;
        IReadOnlyDictionary<string, string> metadata = request.Provenance
            ? Provenance(request)
            : SafetensorsHeader.PyTorchMetadata;
        CheckpointPlan plan = CheckpointPlan.Of(
            asked.Source.Load(asked.ElementType),
            asked.Recipe,
            asked.MaxShardSize,
            asked.ShardRule,
            metadata
        );
        if (request.IsAligned)
        {
            plan = plan.Aligned(Block);
        }
        var record = new CheckpointRecord
        {
            Version = Tool.Version,
            Seed = request.Seed,
            Source = Path.GetFileName(Path.TrimEndingDirectorySeparator(asked.Source.Name)),
            Recipe = NameOf(asked),
            Metadata = metadata,
            PlanJson = plan.ToJson(),
        };
        return new(
            CheckpointValues.Create(plan.Plan, plan.Model.Buffers, plan.Shards.Shards, request.Seed),
            record,
            asked.Source.ConfigPath,
            plan.Shards.Index is { } index
                ? new(SafetensorsIndex.FileName, Encoding.UTF8.GetBytes(index.ToJson()))
                : null
        );
    }

    /// <summary>Another checkpoint, of which the matching tensors get new values.</summary>
    /// <exception cref="UsageException">There is no such checkpoint, or nothing matches.</exception>
    public static InitSource Copy(InitRequest request)
    {
        string path = request.Plan.Source.Path!;
        if (
            Path.GetFullPath(path).TrimEnd(Path.DirectorySeparatorChar)
            == Path.GetFullPath(request.Output).TrimEnd(Path.DirectorySeparatorChar)
        )
        {
            throw new UsageException("--out is the checkpoint itself; name another folder, since it is copied");
        }
        var checkpoint = Checkpoint.Open(path);
        try
        {
            var beside = CompanionFiles.Of(checkpoint);
            string folder = Path.GetDirectoryName(checkpoint.Path) ?? "";
            string? config = ModelSource.Existing(Path.Combine(folder, Config)) is null ? null : beside.PathOf(Config);
            var notices = ImmutableArray.CreateBuilder<string>();
            FanIn.Plan plan = PlanOf(request, checkpoint, config, notices);
            var values = CheckpointValues.Replacing(plan, checkpoint, request.Seed);
            var record = new CheckpointRecord
            {
                Version = Tool.Version,
                Seed = request.Seed,
                Source = Path.GetFileName(Path.TrimEndingDirectorySeparator(path)),
                Recipe = NameOf(request.Plan),
                CopiedFrom = Path.GetFileName(Path.TrimEndingDirectorySeparator(path)),
                PlanJson = CheckpointRecord.PlanOfSome(plan, values.Shards),
            };
            // Beside a file that is named by itself lies whatever lies there.
            bool isFolder = Directory.Exists(path);
            if (isFolder && !beside.LeftOut.IsEmpty)
            {
                notices.Add($"not copied: {InitWords.Some(beside.LeftOut)}");
            }
            return new(
                values,
                record,
                config,
                checkpoint.Index is null
                    ? null
                    : new(Path.GetFileName(checkpoint.Path), File.ReadAllBytes(checkpoint.Path)),
                checkpoint
            )
            {
                Companions = isFolder ? beside : null,
                Notices = notices.ToImmutable(),
            };
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>The rows of the matching tensors: by the config beside the files, where it describes them.</summary>
    private static FanIn.Plan PlanOf(
        InitRequest request,
        Checkpoint checkpoint,
        string? config,
        ImmutableArray<string>.Builder notices
    )
    {
        if (!checkpoint.Tensors.Any(tensor => request.Fits(tensor.Name)))
        {
            string name = checkpoint.Tensors.FirstOrDefault()?.Name ?? "none";
            throw new UsageException(
                $"--match '{request.Match}' fits none of the {checkpoint.Tensors.Count()} tensors, such as '{name}'"
            );
        }
        var replacement = ReplacementPlan.Of(
            checkpoint.Tensors,
            request.Fits,
            config is null ? null : ModelOf(config),
            request.Plan.Recipe
        );
        string[] kept = [.. replacement.Kept.Select(tensor => $"'{tensor.Name}' ({tensor.Reason})")];
        if (replacement.Plan.Rows.IsEmpty)
        {
            throw new UsageException(
                $"nothing that --match '{request.Match}' fits gets new values: {InitWords.Some(kept)}"
            );
        }
        if (kept.Length > 0)
        {
            notices.Add($"copied, though --match fits: {InitWords.Some(kept)}");
        }
        string[] told = [.. replacement.ToldByName.Select(name => $"'{name}'")];
        if (told.Length > 0)
        {
            notices.Add(
                $"told by {(told.Length == 1 ? "its name" : "their names")}, not by {Config}: {InitWords.Some(told)}"
            );
        }
        return replacement.Plan;

        CheckpointModel? ModelOf(string path)
        {
            string text = Encoding.UTF8.GetString(ModelSource.BytesOf(path));
            try
            {
                return CheckpointModel.FromConfig(text);
            }
            catch (ModelConfigException e) when (request.Plan.Recipe is not null)
            {
                notices.Add(
                    $"{Config} isn't followed ({e.Message}); what tensors are to their layers is told by their names"
                );
                return null;
            }
        }
    }

    private static string? NameOf(PlanRequest asked) =>
        asked.RecipeText is null ? null
        : File.Exists(asked.RecipeText) ? Path.GetFileName(asked.RecipeText)
        : asked.RecipeText;

    private static SortedDictionary<string, string> Provenance(InitRequest request)
    {
        var metadata = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["fanin"] = Tool.Version,
            ["seed"] = request.Seed.ToString(),
            ["stream"] = "1",
        };
        foreach ((string key, string value) in SafetensorsHeader.PyTorchMetadata)
        {
            metadata[key] = value;
        }
        metadata["recipe"] = NameOf(request.Plan) ?? "the family's own";
        return metadata;
    }

    public void Dispose() => _open?.Dispose();
}
