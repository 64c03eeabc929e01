using System.Collections.Immutable;
using FanIn.Cli.Plan;
using FanIn.Cli.Sample;

namespace FanIn.Cli.Check;

/// <summary>The options of <c>check</c> as they were typed; null where they weren't.</summary>
internal sealed record CheckOptions(
    string? Source = null,
    string? Network = null,
    string? Assembly = null,
    string? Module = null,
    string? Init = null,
    string? Recipe = null,
    string? Config = null,
    string[]? InputShape = null,
    string? Batch = null,
    string? Examples = null,
    string? Seeds = null,
    string? Seed = null,
    string? Expect = null,
    string? FailOn = null,
    string? Fix = null,
    string? Json = null,
    string? Report = null,
    string? Sarif = null,
    string? Junit = null,
    bool AllLayers = false
);

/// <summary>A check to be made: everything read and checked before anything is loaded or written.</summary>
internal sealed record CheckRequest
{
    private const int MostSeeds = 1000;
    private const int MostExamples = 1 << 16;

    /// <summary>An ONNX file, a checkpoint, a network's spelling, or an assembly.</summary>
    public required string Source { get; init; }

    public required CheckSource Kind { get; init; }

    /// <summary>The type in the assembly; null where it has just one module.</summary>
    public string? Module { get; init; }

    /// <summary>
    /// How weights are drawn anew; of a checkpoint, what they are held against. Null where they are checked as they are.
    /// </summary>
    public Recipe? Recipe { get; init; }

    /// <summary>The recipe in the user's words.</summary>
    public string? RecipeText { get; init; }

    /// <summary>The recipe's file; null where it is named or spelled.</summary>
    public string? RecipeFile { get; init; }

    /// <summary>The config of a checkpoint's model; null for the one beside it, if any.</summary>
    public string? Config { get; init; }

    /// <summary>Sizes of one example, by the input's name; the empty one for the only input.</summary>
    public required ImmutableArray<(string Name, ImmutableArray<long> Sizes)> InputShapes { get; init; }

    /// <summary>A .npy file or a folder of images.</summary>
    public string? Batch { get; init; }

    public int? Examples { get; init; }

    public required int Seeds { get; init; }

    public required Seed Seed { get; init; }

    public SignalExpectation? Expect { get; init; }

    public required FindingSeverity FailOn { get; init; }

    public string? Fix { get; init; }

    public string? Json { get; init; }

    public string? Report { get; init; }

    public string? Sarif { get; init; }

    public string? Junit { get; init; }

    public bool AllLayers { get; init; }

    /// <exception cref="UsageException">An option's value is wrong; the message names the option.</exception>
    /// <exception cref="SpellingException">An unknown initializer or recipe.</exception>
    public static CheckRequest Read(CheckOptions typed)
    {
        (CheckSource kind, string source) = ReadSource(typed);
        (Recipe? recipe, string? recipeText) = ReadRecipe(typed, kind);
        SignalExpectation? expect = typed.Expect switch
        {
            null => null,
            "init" => SignalExpectation.Initialization,
            "trained" => SignalExpectation.Trained,
            _ => throw new UsageException(Spelling.Unknown("value of --expect", typed.Expect, ["init", "trained"])),
        };
        if (kind == CheckSource.Checkpoint)
        {
            RefuseRunning(typed);
        }
        else if (typed.Config is not null)
        {
            throw new UsageException(
                "--config is the config of a checkpoint's model: leave it out, or give a safetensors file, its index or folder"
            );
        }
        if (expect == SignalExpectation.Trained && recipe is not null && kind != CheckSource.Checkpoint)
        {
            throw new UsageException(
                $"--expect trained is for weights as they are: leave it out, or {(typed.Init is null ? "--recipe" : "--init")}"
            );
        }
        if (typed.Seeds is not null && recipe is null)
        {
            throw new UsageException("--seeds is the number of draws of --init or --recipe: give one of them too");
        }
        NoFileTwice(typed);
        return new()
        {
            Source = source,
            Kind = kind,
            Module = typed.Module,
            Recipe = recipe,
            RecipeText = recipeText,
            RecipeFile = typed.Recipe,
            Config = typed.Config,
            InputShapes = ReadShapes(typed.InputShape ?? []),
            Batch = ReadBatch(typed.Batch),
            Examples = typed.Examples is null
                ? null
                : OptionValue.Count("--examples", typed.Examples, byDefault: 1, MostExamples),
            Seeds = OptionValue.Count("--seeds", typed.Seeds, byDefault: 5, MostSeeds),
            Seed = OptionValue.Seed("--seed", typed.Seed) ?? 1,
            Expect = expect,
            FailOn = typed.FailOn switch
            {
                null or "warning" => FindingSeverity.Warning,
                "error" => FindingSeverity.Error,
                _ => throw new UsageException(
                    Spelling.Unknown("value of --fail-on", typed.FailOn, ["warning", "error"])
                ),
            },
            Fix = typed.Fix,
            Json = typed.Json,
            Report = typed.Report,
            Sarif = typed.Sarif,
            Junit = typed.Junit,
            AllLayers = typed.AllLayers,
        };
    }

    private static (CheckSource Kind, string Source) ReadSource(CheckOptions typed)
    {
        (CheckSource Kind, string Name, string? Value)[] all =
        [
            (IsOnnx(typed.Source) ? CheckSource.Onnx : CheckSource.Checkpoint, "a file", typed.Source),
            (CheckSource.Network, "--network", typed.Network),
            (CheckSource.Module, "--assembly", typed.Assembly),
        ];
        (CheckSource Kind, string Name, string? Value)[] given = [.. all.Where(source => source.Value is not null)];
        if (given.Length == 0)
        {
            throw new UsageException(
                typed.Module is not null
                    ? AssemblyOption.ModuleAlone
                    : "check needs what to check: fanin check model.onnx, fanin check model.safetensors, fanin check --network mlp:50x256:relu --init he_normal, or fanin check --assembly X.dll --module Type"
            );
        }
        if (given.Length > 1)
        {
            throw new UsageException(
                $"check takes one of a file, --network and --assembly, but got {given[0].Name} and {given[1].Name}"
            );
        }
        (CheckSource kind, _, string? value) = given[0];
        if (kind is CheckSource.Onnx or CheckSource.Checkpoint)
        {
            CheckFile(value!);
        }
        if (kind == CheckSource.Module)
        {
            AssemblyOption.Check(value!);
        }
        if (kind != CheckSource.Module && typed.Module is not null)
        {
            throw new UsageException(
                $"--module is a type in an assembly: leave it out, or give --assembly in place of {given[0].Name}"
            );
        }
        return (kind, value!);
    }

    private static bool IsOnnx(string? path) => path?.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase) == true;

    private static void CheckFile(string path)
    {
        const string Accepted =
            "check takes an .onnx file, a checkpoint (.safetensors, its index or folder), --network N, or --assembly X.dll --module Type";
        bool isThere = File.Exists(path);
        bool isFolder = Directory.Exists(path);
        bool isCheckpoint =
            isFolder
            || path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)
            || path.EndsWith(".index.json", StringComparison.OrdinalIgnoreCase)
            // Which has a sentence of its own.
            || (isThere && ModelSource.IsPickle(path));
        if (IsOnnx(path) ? isFolder : !isCheckpoint)
        {
            throw new UsageException($"'{path}' isn't an .onnx file, nor a checkpoint; {Accepted}");
        }
        if (!isThere && !isFolder)
        {
            throw new UsageException($"there is no file '{path}'; {Accepted}");
        }
    }

    /// <summary>A checkpoint is read, and no network is run.</summary>
    private static void RefuseRunning(CheckOptions typed)
    {
        (string Option, bool IsGiven)[] others =
        [
            ("--init", typed.Init is not null),
            ("--input-shape", typed.InputShape is { Length: > 0 }),
            ("--batch", typed.Batch is not null),
            ("--examples", typed.Examples is not null),
            ("--seeds", typed.Seeds is not null),
            ("--seed", typed.Seed is not null),
        ];
        if (others.FirstOrDefault(option => option.IsGiven) is { Option: { } name })
        {
            throw new UsageException(
                name == "--init"
                    ? "--init draws weights anew, and a checkpoint's are checked as they are: leave it out; --recipe FILE says what to hold them against instead of the family's own rule"
                    : $"{name} is for a network that is run, and of a checkpoint the values alone are looked at: leave it out"
            );
        }
    }

    private static (Recipe? Recipe, string? Text) ReadRecipe(CheckOptions typed, CheckSource kind)
    {
        if (typed.Init is not null && typed.Recipe is not null)
        {
            throw new UsageException("--init names a rule and --recipe a file of rules: leave out one of them");
        }
        if (typed.Init is { } init)
        {
            var recipe = FanIn.Recipe.Parse(init);
            return (recipe, Initializer.TryParse(init, out Initializer? rule) ? rule.ToString() : init);
        }
        if (kind == CheckSource.Checkpoint)
        {
            return RecipeOption.Read("--recipe", typed.Recipe);
        }
        if (typed.Recipe is not { } path)
        {
            return kind == CheckSource.Network
                ? throw new UsageException(
                    "--network needs the initializer of its weights: --init he_normal, a recipe's name, or --recipe FILE"
                )
                : (null, null);
        }
        if (!File.Exists(path))
        {
            throw new UsageException(
                $"{(Directory.Exists(path) ? $"--recipe '{path}' is a folder" : $"there is no --recipe '{path}'")}; give a file with a recipe as JSON, such as --fix writes"
            );
        }
        try
        {
            return (FanIn.Recipe.FromJson(File.ReadAllText(path)), path);
        }
        catch (SpellingException e)
        {
            throw new UsageException($"--recipe '{path}': {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"--recipe '{path}' can't be read: {e.Message}");
        }
    }

    /// <summary><c>3,224,224</c>, or <c>pixels=3,224,224</c> for a model of several inputs.</summary>
    private static ImmutableArray<(string, ImmutableArray<long>)> ReadShapes(string[] texts)
    {
        var shapes = new List<(string Name, ImmutableArray<long>)>();
        foreach (string text in texts)
        {
            int equals = text.LastIndexOf('=');
            string name = equals < 0 ? "" : text[..equals];
            if (shapes.Exists(shape => shape.Name == name))
            {
                throw new UsageException(
                    name.Length == 0
                        ? "--input-shape has several shapes without a name; for a model of several inputs: --input-shape a=3,224,224 b=77"
                        : $"--input-shape names '{name}' twice"
                );
            }
            shapes.Add((name, ShapeText.Parse("--input-shape", text[(equals + 1)..], least: 1)));
        }
        return [.. shapes];
    }

    private static string? ReadBatch(string? path) =>
        path is null || File.Exists(path) || Directory.Exists(path)
            ? path
            : throw new UsageException(
                $"there is no --batch '{path}': give a .npy file, as numpy.save writes it, or a folder of images"
            );

    private static void NoFileTwice(CheckOptions typed)
    {
        (string Option, string? Path)[] all =
        [
            ("--fix", typed.Fix),
            ("--json", typed.Json),
            ("--report", typed.Report),
            ("--sarif", typed.Sarif),
            ("--junit", typed.Junit),
        ];
        IEnumerable<(string Option, string Path)> files = all.Where(file => file.Path is { Length: > 0 } and not "-")
            .Select(file => (file.Option, Path.GetFullPath(file.Path!.Replace("\0", "", StringComparison.Ordinal))));
        if (files.GroupBy(f => f.Path, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new UsageException(
                $"{string.Join(" and ", twice.Select(f => f.Option))} name the same file '{twice.Key}'; give them different names"
            );
        }
    }
}

/// <summary>What is checked.</summary>
internal enum CheckSource
{
    /// <summary>An ONNX file.</summary>
    Onnx,

    /// <summary>A checkpoint in safetensors files.</summary>
    Checkpoint,

    /// <summary>A built-in network by its spelling.</summary>
    Network,

    /// <summary>A module of a user's assembly.</summary>
    Module,
}
