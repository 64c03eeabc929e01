using System.Collections.Immutable;
using System.Globalization;
using FanIn.Lab;

namespace FanIn.Cli.Compare;

/// <summary>The options of <c>compare</c> as they were typed; null where they weren't.</summary>
internal sealed record CompareOptions(
    string? Preset = null,
    string? Task = null,
    string? Network = null,
    string? Assembly = null,
    string? Module = null,
    string[]? Init = null,
    string? Seeds = null,
    string? Seed = null,
    string? OrderSeed = null,
    string? Steps = null,
    string? Batch = null,
    string? LearningRate = null,
    string? Optimizer = null,
    string? TargetLoss = null,
    string? Data = null,
    string? Out = null,
    string? Json = null,
    bool Fresh = false
);

/// <summary>A comparison to be run: everything read and checked before anything is loaded or written.</summary>
internal sealed record CompareRequest
{
    private const int MostSeeds = 1000;
    private const int MostSteps = 1_000_000;

    public required string Title { get; init; }
    public required string? Subtitle { get; init; }
    public required string Data { get; init; }
    public required DataOptions DataOptions { get; init; }
    public required ImmutableArray<Network> Networks { get; init; }

    /// <summary>A user's own module in place of <see cref="Networks"/>: where it is, and its type if it was said.</summary>
    public required (string Assembly, string? Module)? Own { get; init; }
    public required ImmutableArray<Initializer> Initializers { get; init; }
    public required int Seeds { get; init; }
    public required StudySettings Settings { get; init; }
    public required string Out { get; init; }
    public required string? Json { get; init; }
    public required bool Fresh { get; init; }

    /// <summary>A preset with what was typed in place of its own settings.</summary>
    /// <exception cref="UsageException">An option's value is wrong; the message names the option.</exception>
    /// <exception cref="SpellingException">An unknown preset, network, initializer or activation.</exception>
    public static CompareRequest Read(CompareOptions typed)
    {
        if (typed.Preset is not null && typed.Task is not null)
        {
            throw new UsageException("--preset brings its own data: leave out --preset or --task");
        }
        if (typed.Module is not null && typed.Assembly is null)
        {
            throw new UsageException("--module needs --assembly, the .dll that holds it");
        }
        if (typed.Assembly is not null && typed.Network is not null)
        {
            throw new UsageException("--assembly brings its own network: leave out --network or --assembly");
        }
        Preset preset = Lab.Preset.Find(typed.Preset ?? "quickstart");
        Network? network = typed.Network is null ? null : Network.Parse(typed.Network);
        ImmutableArray<Initializer> initializers = typed.Init is { Length: > 0 } texts
            ? [.. texts.Select(ReadInitializer)]
            : preset.Initializers;
        if (initializers.GroupBy(i => i).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new UsageException($"--init names {twice.Key} twice");
        }
        string data = DataName(typed, preset);
        bool own = typed.Task is not null;
        string trained = typed.Module ?? Path.GetFileName(typed.Assembly) ?? (network ?? preset.Networks[0]).ToString();
        return new()
        {
            Title = own ? $"Initializations of {trained} on {data}" : "What an initialization is worth",
            Subtitle = own ? null : preset.Claim + (preset.Source.Length == 0 ? "" : $" ({preset.Source}.)"),
            Data = data,
            DataOptions = new()
            {
                Folder = typed.Data,
                ImageSide = own ? null : preset.ImageSide,
                PrefersTokens = network is { ReadsTokens: true },
            },
            Networks = network is null ? preset.Networks : [network],
            Own = typed.Assembly is null ? null : (typed.Assembly, typed.Module),
            Initializers = initializers,
            Seeds = OptionValue.Count("--seeds", typed.Seeds, preset.Seeds, MostSeeds),
            Settings = preset.Settings with
            {
                Steps = OptionValue.Count("--steps", typed.Steps, preset.Settings.Steps, MostSteps),
                BatchSize = OptionValue.Count("--batch", typed.Batch, preset.Settings.BatchSize, 1 << 20),
                Optimizer = ReadOptimizer(typed.Optimizer) ?? preset.Settings.Optimizer,
                LearningRates = typed.LearningRate is null
                    ? preset.Settings.LearningRates
                    : LearningRateGrid.Read(typed.LearningRate),
                WeightSeed = OptionValue.Seed("--seed", typed.Seed) ?? preset.Settings.WeightSeed,
                OrderSeed = OptionValue.Seed("--order-seed", typed.OrderSeed) ?? preset.Settings.OrderSeed,
                TargetLoss = typed.TargetLoss is null
                    ? preset.Settings.TargetLoss
                    : Positive("--target-loss", typed.TargetLoss),
            },
            Out = Folder(typed.Out) ?? Path.Combine("fanin-out", own ? NameOf(data) : preset.Name),
            Json = typed.Json,
            Fresh = typed.Fresh,
        };
    }

    /// <summary>A tiny layer is filled on trial: a scale beyond float32 is told before anything is loaded or written.</summary>
    private static Initializer ReadInitializer(string text)
    {
        Initializer initializer = Initializer.Parse(text);
        if (!initializer.IsDataDriven)
        {
            try
            {
                initializer.Fill(new float[4], TensorDescription.Dense(2, 2), seed: 0, key: "");
            }
            catch (ArgumentException e)
            {
                throw new UsageException($"--init {initializer} makes no weights: {e.Message.Split(" (Parameter")[0]}");
            }
        }
        return initializer;
    }

    private static string DataName(CompareOptions typed, Preset preset)
    {
        if (typed.Task is { } task)
        {
            bool isPath = File.Exists(task) || Directory.Exists(task) || task.AsSpan().ContainsAny('/', '\\', '.');
            return isPath || DataSets.Names.Contains(task)
                ? task
                : throw new UsageException(
                    Spelling.Unknown("task", task, [.. DataSets.Names])
                        + " (a CSV file or a folder of class folders would do too)"
                );
        }
        return typed.Data is null
            ? preset.Data
            : preset.FullData
                ?? throw new UsageException($"the preset '{preset.Name}' has its data built in: leave out --data");
    }

    private static string? Folder(string? text) =>
        text is null || (text.Length > 0 && !text.Contains('\0', StringComparison.Ordinal))
            ? text
            : throw new UsageException("--out needs the name of a folder");

    /// <summary>What a task's own output folder is called, never a way out of the one above it.</summary>
    private static string NameOf(string data) =>
        Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(data))) is { Length: > 0 } name
            ? name
            : "data";

    internal static double Positive(string option, string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
        && value > 0
        && double.IsFinite(value)
            ? value
            : throw new UsageException($"{option} must be a number above 0, such as 0.01 or 1e-3, not '{text}'");

    private static OptimizerKind? ReadOptimizer(string? text) =>
        text switch
        {
            null => null,
            "sgd" => OptimizerKind.Sgd,
            "adam" => OptimizerKind.Adam,
            _ => throw new UsageException(Spelling.Unknown("optimizer", text, ["sgd", "adam"])),
        };
}
