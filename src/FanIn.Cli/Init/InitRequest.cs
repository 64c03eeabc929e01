using System.Globalization;
using System.IO.Enumeration;
using FanIn.Checkpoints;
using FanIn.Cli.Plan;

namespace FanIn.Cli.Init;

/// <summary>The options of <c>init</c> as they were typed; null where they weren't.</summary>
internal sealed record InitOptions(
    PlanOptions Plan,
    string? Output = null,
    string? Seed = null,
    string? Match = null,
    string? Layout = null,
    bool Provenance = false,
    string? Rank = null,
    string? World = null,
    string? Threads = null,
    bool NoDirect = false
);

/// <summary>A checkpoint to be written: everything read and checked before a model is.</summary>
internal sealed record InitRequest
{
    private const int MostThreads = 4096;
    private const int MostRanks = 1_000_000;

    public required PlanRequest Plan { get; init; }

    public required string Output { get; init; }

    public required Seed Seed { get; init; }

    /// <summary>The tensors that get new values; null for all.</summary>
    public string? Match { get; init; }

    /// <summary>
    /// The new ONNX file, where one is copied with new values: --out itself where it is called .onnx, else of the old name in
    /// that folder. Null for checkpoints.
    /// </summary>
    public string? OnnxOutput =>
        Match is null || !IsOnnx(Plan.Source.Path) ? null
        : IsOnnx(Output) && !Directory.Exists(Output) ? Output
        : Path.Combine(Output, Path.GetFileName(Plan.Source.Path!));

    public bool IsAligned { get; init; }

    public bool Provenance { get; init; }

    public required Rank Rank { get; init; }

    /// <summary>0 for one a core.</summary>
    public int Threads { get; init; }

    public bool Direct { get; init; }

    /// <summary>True for a name that <see cref="Match"/> fits.</summary>
    public bool Fits(string name) =>
        Match!
            .Split('|', StringSplitOptions.TrimEntries)
            .Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false));

    /// <param name="typed">The options.</param>
    /// <param name="variable">The environment, which launchers speak through.</param>
    /// <exception cref="UsageException">An option's value is wrong; the message names the option.</exception>
    /// <exception cref="LauncherException">Which rank this is can't be told.</exception>
    public static InitRequest Read(InitOptions typed, Func<string, string?> variable)
    {
        var plan = PlanRequest.Read(typed.Plan, "init");
        if (typed.Output is not { Length: > 0 } output)
        {
            throw new UsageException("init needs --out DIR, the folder that the checkpoint is written into");
        }
        bool isOnnx = IsOnnx(typed.Plan.Source);
        if (typed.Match is not null)
        {
            CheckMatch(typed, isOnnx);
        }
        else if (isOnnx && IsOnnx(output) && !Directory.Exists(output))
        {
            throw new UsageException(
                $"--out '{output}': without --match init writes safetensors files into a folder; --match \"*\" gives a new ONNX file new values"
            );
        }
        if (File.Exists(output) && !(isOnnx && typed.Match is not null && IsOnnx(output)))
        {
            throw new UsageException($"--out '{output}' is a file; name a folder");
        }
        return new()
        {
            Plan = plan,
            Output = output,
            Seed = OptionValue.Seed("--seed", typed.Seed) ?? 0,
            Match = typed.Match,
            IsAligned = typed.Layout switch
            {
                null or "hf" => false,
                "aligned" => true,
                _ => throw new UsageException(
                    $"--layout: {Spelling.Unknown("layout", typed.Layout, ["hf", "aligned"])}"
                ),
            },
            Provenance = typed.Provenance,
            Rank = Rank.Detect(
                variable,
                Index("--rank", typed.Rank),
                typed.World is null ? null : OptionValue.Count("--world", typed.World, 1, MostRanks)
            ),
            Threads = typed.Threads is null ? 0 : OptionValue.Count("--threads", typed.Threads, 1, MostThreads),
            Direct = !typed.NoDirect,
        };
    }

    /// <summary>Of a copy only some values are new: files, types and metadata are the other checkpoint's.</summary>
    private static void CheckMatch(InitOptions typed, bool isOnnx)
    {
        (string Option, bool IsTyped)[] onOneProcess =
        [
            ("--rank", typed.Rank is not null),
            ("--world", typed.World is not null),
            ("--threads", typed.Threads is not null),
            ("--no-direct", typed.NoDirect),
        ];
        if (isOnnx && Array.Find(onOneProcess, other => other.IsTyped) is { Option: { } extra })
        {
            throw new UsageException(
                $"{extra} doesn't go with an ONNX file, which one process writes from front to back"
            );
        }
        (string Option, bool IsTyped)[] others =
        [
            ("--shapes", typed.Plan.Shapes is not null),
            ("--assembly", typed.Plan.Assembly is not null),
            ("--dtype", typed.Plan.Dtype is not null),
            ("--max-shard-size", typed.Plan.MaxShardSize is not null),
            ("--shard-rule", typed.Plan.ShardRule is not null),
            ("--layout", typed.Layout is not null),
            ("--provenance", typed.Provenance),
        ];
        if (Array.Find(others, other => other.IsTyped) is { Option: { } option })
        {
            throw new UsageException(
                $"{option} doesn't go with --match: all but the matching tensors' values stay as they are"
            );
        }
        if (typed.Match!.Length == 0)
        {
            throw new UsageException("--match needs a pattern of names, such as \"*.mlp.*\"");
        }
    }

    private static bool IsOnnx(string? path) =>
        path is not null && path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase);

    private static int? Index(string option, string? text) =>
        text is null ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value
        : throw new UsageException($"{option} must be a whole number from 0, not '{text}'");
}
