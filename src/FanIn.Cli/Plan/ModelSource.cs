using System.Text.Json;
using FanIn.Checkpoints;

namespace FanIn.Cli.Plan;

/// <summary>Where a model is described: files of whatever kind, told by their names and first bytes.</summary>
/// <param name="Path">A config, its folder, a list of shapes, a checkpoint, or an ONNX file; null where there are only shapes.</param>
/// <param name="Shapes">The tensors, where <paramref name="Path"/> doesn't say them.</param>
internal sealed record ModelSource(string? Path, string? Shapes)
{
    private const long LargestText = 1 << 26;
    private const string Config = "config.json";

    private static readonly string[] s_pickles = [".pt", ".pth", ".bin", ".ckpt", ".pkl", ".pickle"];

    /// <exception cref="UsageException">Neither is given, or one isn't there.</exception>
    public static ModelSource Of(string? path, string? shapes)
    {
        if (path is null && shapes is null)
        {
            throw new UsageException(
                "plan needs a SOURCE: a config.json or its folder, a list of shapes, a safetensors file, or an ONNX file"
            );
        }
        foreach ((string what, string? given) in ((string, string?)[])[("SOURCE", path), ("--shapes", shapes)])
        {
            if (given is not null && !File.Exists(given) && !Directory.Exists(given))
            {
                throw new UsageException(
                    given.Length == 0 ? $"{what} is empty; name a file" : $"{what} '{given}' isn't there"
                );
            }
            if (given is not null && s_pickles.Contains(System.IO.Path.GetExtension(given).ToLowerInvariant()))
            {
                throw Pickle(given);
            }
        }
        return new(path, shapes);
    }

    /// <summary>How a person calls it.</summary>
    public string Name => Path ?? Shapes!;

    /// <summary>The config file, where there is one: it belongs beside the checkpoint.</summary>
    public string? ConfigPath =>
        Path is null ? null
        : Directory.Exists(Path) ? Existing(System.IO.Path.Combine(Path, Config))
        : System.IO.Path.GetFileName(Path) == Config ? Path
        : null;

    /// <summary>Reads the model.</summary>
    /// <exception cref="UsageException">The file can't be read, or is of no known kind.</exception>
    /// <exception cref="ModelConfigException">What it says makes no model.</exception>
    /// <exception cref="SafetensorsException">It is no checkpoint.</exception>
    public CheckpointModel Load(ElementType? elementType)
    {
        try
        {
            return Shapes is null ? Model(Path!, elementType) : Listed(elementType);
        }
        catch (ModelConfigException e)
        {
            throw new ModelConfigException($"{Shapes ?? Path}: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new UsageException($"'{Shapes ?? Path}' can't be read: {e.Message}");
        }
    }

    /// <summary>Shapes beside a config get its element type, unless they have their own.</summary>
    private CheckpointModel Listed(ElementType? elementType)
    {
        CheckpointModel model = FromTensors(Shapes!, elementType);
        return elementType is null && ConfigPath is { } config && !HasTypes(Shapes!)
            ? model.StoredAs(CheckpointModel.ElementTypeOf(ReadText(config)))
            : model;
    }

    private static bool HasTypes(string path) =>
        !IsJson(path) || ReadText(path).Contains("\"dtype\"", StringComparison.Ordinal);

    private static CheckpointModel Model(string path, ElementType? elementType)
    {
        if (Directory.Exists(path))
        {
            return Existing(System.IO.Path.Combine(path, Config)) is { } config
                ? CheckpointModel.FromConfig(ReadText(config), elementType)
                : FromCheckpoint(path, elementType);
        }
        if (path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
        {
            return CheckpointModel.FromDescription(Tool.DescribeOnnx(path), elementType);
        }
        return IsJson(path) && KindOf(ReadText(path)) == JsonKind.Config
            ? CheckpointModel.FromConfig(ReadText(path), elementType)
            : FromTensors(path, elementType);
    }

    private static CheckpointModel FromTensors(string path, ElementType? elementType)
    {
        if (Directory.Exists(path) || !IsJson(path))
        {
            return FromCheckpoint(path, elementType);
        }
        string text = ReadText(path);
        return KindOf(text) switch
        {
            JsonKind.Index => FromCheckpoint(path, elementType),
            JsonKind.Config => throw new ModelConfigException(
                "this is a config, which names no shapes; give it as SOURCE without --shapes"
            ),
            _ => CheckpointModel.FromShapes(text, elementType),
        };
    }

    private static CheckpointModel FromCheckpoint(string path, ElementType? elementType)
    {
        using Checkpoint checkpoint = Checkpoint.Open(path);
        return CheckpointModel.FromTensors(checkpoint.Tensors, elementType);
    }

    private enum JsonKind
    {
        Config,
        Index,
        Shapes,
    }

    private static JsonKind KindOf(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text.TrimStart('\uFEFF'));
            JsonElement root = document.RootElement;
            return root.ValueKind != JsonValueKind.Object ? JsonKind.Shapes
                : root.TryGetProperty("weight_map", out _) ? JsonKind.Index
                : root.TryGetProperty("model_type", out _) || root.TryGetProperty("architectures", out _)
                    ? JsonKind.Config
                : JsonKind.Shapes;
        }
        catch (JsonException)
        {
            // Whoever reads it says on which line.
            return JsonKind.Shapes;
        }
    }

    private static bool IsJson(string path)
    {
        using FileStream stream = File.OpenRead(path);
        Span<byte> first = stackalloc byte[4];
        int read = stream.ReadAtLeast(first, 4, throwOnEndOfStream: false);
        return first[..read] switch
        {
            // A zip as torch.save writes it, and a pickle of an older version.
            [(byte)'P', (byte)'K', 3, 4] or [0x80, 2 or 3 or 4 or 5, ..] => throw Pickle(path),
            _ => path.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
                || first[..read] is [(byte)'{' or (byte)'[' or (byte)' ' or (byte)'\n', not 0, not 0, ..],
        };
    }

    private static string ReadText(string path)
    {
        var file = new FileInfo(path);
        if (file.Length > LargestText)
        {
            throw new UsageException($"'{path}' has {file.Length:N0} bytes; no config is larger than {LargestText:N0}");
        }
        return File.ReadAllText(path);
    }

    private static string? Existing(string path) => File.Exists(path) ? path : null;

    private static UsageException Pickle(string path) =>
        new(
            $"'{path}' is a pickle, which can run any code when it is read: FanIn doesn't; give the model's config.json, or save its weights as safetensors"
        );
}
