using System.Text;
using System.Text.Json;
using FanIn.Checkpoints;

namespace FanIn.Cli.Plan;

/// <summary>Where a model is described: files of whatever kind, told by their names and first bytes.</summary>
/// <param name="Path">A config, its folder, a list of shapes, a checkpoint, or an ONNX file; null where there are only shapes.</param>
/// <param name="Shapes">The tensors, where <paramref name="Path"/> doesn't say them.</param>
internal sealed record ModelSource(string? Path, string? Shapes)
{
    /// <summary>What may be named, in a sentence.</summary>
    private static readonly string s_kinds =
        "a config.json or its folder, a list of shapes, a safetensors file, or an ONNX file"
        + (Tool.HasEngine ? "; or --assembly X.dll --module Type, a TorchSharp module" : "");

    private const long LargestText = 1 << 26;
    private const string Config = "config.json";

    private static readonly string[] s_pickles = [".pt", ".pth", ".bin", ".ckpt", ".pkl", ".pickle"];

    /// <summary>The assembly of a TorchSharp module, in place of files; null for files.</summary>
    public string? Assembly { get; private init; }

    /// <summary>Which module of it; null for the only one.</summary>
    public string? Module { get; private init; }

    /// <summary>Reads what was typed.</summary>
    /// <param name="verb">The command that needs a model.</param>
    /// <param name="typed">Its options.</param>
    /// <exception cref="UsageException">None is given, or one isn't there.</exception>
    public static ModelSource Of(string verb, PlanOptions typed)
    {
        (string? path, string? shapes) = (typed.Source, typed.Shapes);
        if (typed.Assembly is not null)
        {
            return OfModule(typed);
        }
        if (typed.Module is not null)
        {
            throw new UsageException(AssemblyOption.ModuleAlone);
        }
        if (path is null && shapes is null)
        {
            throw new UsageException($"{verb} needs a SOURCE: {s_kinds}");
        }
        foreach ((string what, string? given) in ((string, string?)[])[("SOURCE", path), ("--shapes", shapes)])
        {
            if (given is not null && !File.Exists(given) && !Directory.Exists(given))
            {
                throw new UsageException(
                    given.Length == 0 ? $"{what} is empty; name a file" : $"{what} '{given}' isn't there"
                );
            }
            if (given is not null && IsPickle(given))
            {
                throw Pickle(given);
            }
        }
        return new(path, shapes);
    }

    private static ModelSource OfModule(PlanOptions typed)
    {
        Tool.CheckAssembly(typed.Assembly!);
        if (typed.Source is not null || typed.Shapes is not null)
        {
            throw new UsageException(
                $"a model is described once: leave out --assembly, or {(typed.Source is not null ? "SOURCE" : "--shapes")}"
            );
        }
        return typed.Recipe is not null
            ? new(null, null) { Assembly = typed.Assembly, Module = typed.Module }
            : throw new UsageException(
                "--assembly needs --recipe: what a module's constructor draws hangs on no seed of ours; --recipe torch has PyTorch's defaults"
            );
    }

    /// <summary>By its name.</summary>
    public static bool IsPickle(string path) =>
        s_pickles.Contains(System.IO.Path.GetExtension(path).ToLowerInvariant());

    /// <summary>How a person calls it.</summary>
    public string Name =>
        Assembly is null ? Path ?? Shapes!
        : Module is null ? Assembly
        : $"{Assembly}:{Module}";

    /// <summary>The config file, where there is one: it belongs beside the checkpoint.</summary>
    public string? ConfigPath =>
        Path is null ? null
        : Directory.Exists(Path) ? Existing(System.IO.Path.Combine(Path, Config))
        // What can be read once only, such as a pipe, was read for the plan.
        : IsRegular(Path) && (System.IO.Path.GetFileName(Path) == Config || IsConfig(Path)) ? Path
        : null;

    /// <summary>Reads the model.</summary>
    /// <exception cref="UsageException">The file can't be read, or is of no known kind.</exception>
    /// <exception cref="ModelConfigException">What it says makes no model.</exception>
    /// <exception cref="SafetensorsException">It is no checkpoint.</exception>
    public CheckpointModel Load(ElementType? elementType)
    {
        if (Assembly is not null)
        {
            return Tool.DescribeModule(Assembly, Module, elementType);
        }
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
        string? text = Directory.Exists(Shapes) ? null : JsonText(Shapes!);
        CheckpointModel model = FromTensors(Shapes!, text, elementType);
        bool hasTypes = text?.Contains("\"dtype\"", StringComparison.Ordinal) ?? true;
        return elementType is null && !hasTypes && ConfigPath is { } config
            ? model.StoredAs(CheckpointModel.ElementTypeOf(TextOf(config)))
            : model;
    }

    private static CheckpointModel Model(string path, ElementType? elementType)
    {
        if (Directory.Exists(path))
        {
            return Existing(System.IO.Path.Combine(path, Config)) is { } config
                ? CheckpointModel.FromConfig(TextOf(config), elementType)
                : FromCheckpoint(path, elementType);
        }
        if (path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
        {
            return CheckpointModel.FromDescription(Tool.DescribeOnnx(path), elementType);
        }
        string? text = JsonText(path);
        bool isConfig =
            text is not null
            && KindOf(text) is var kind
            && (kind == JsonKind.Config || (kind == JsonKind.Shapes && System.IO.Path.GetFileName(path) == Config));
        return isConfig ? CheckpointModel.FromConfig(text!, elementType) : FromTensors(path, text, elementType);
    }

    /// <param name="path">The file or folder.</param>
    /// <param name="text">What is in it, where that is JSON.</param>
    /// <param name="elementType">How weights are stored, or null.</param>
    private static CheckpointModel FromTensors(string path, string? text, ElementType? elementType)
    {
        return (text is null ? JsonKind.Index : KindOf(text)) switch
        {
            JsonKind.Index => FromCheckpoint(path, elementType),
            JsonKind.Config => throw new ModelConfigException(
                "this is a config, which names no shapes; give it as SOURCE without --shapes"
            ),
            _ => CheckpointModel.FromShapes(text!, elementType),
        };
    }

    private static CheckpointModel FromCheckpoint(string path, ElementType? elementType)
    {
        try
        {
            using Checkpoint checkpoint = Checkpoint.Open(path);
            return CheckpointModel.FromTensors(checkpoint.Tensors, elementType);
        }
        catch (SafetensorsException e) when (Directory.Exists(path))
        {
            throw new SafetensorsException($"{e.Message} It has no {Config} either.", e);
        }
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
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Whoever reads it says on which line, and that a name has half of a surrogate pair.
            return JsonKind.Shapes;
        }
    }

    private static string TextOf(string config) =>
        JsonText(config) ?? throw new UsageException($"'{config}' isn't JSON, which a config is");

    /// <summary>
    /// The text of a file that is JSON by its name or its first byte, and null of another. It is read once, from front to
    /// back: it may be a pipe.
    /// </summary>
    private static string? JsonText(string path)
    {
        using FileStream stream = File.OpenRead(path);
        byte[] first = new byte[4];
        int read = stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
        bool isJson = first.AsSpan(0, read) switch
        {
            // A zip as torch.save writes it, and a pickle of an older version.
            [(byte)'P', (byte)'K', 3, 4] or [0x80, 2 or 3 or 4 or 5, ..] => throw Pickle(path),
            // A safetensors file may begin with any byte, but has three zeros behind its first five.
            [(byte)'{' or (byte)'[' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n', not 0, not 0, ..] => true,
            _ => path.EndsWith(".json", StringComparison.OrdinalIgnoreCase),
        };
        if (!isJson)
        {
            return null;
        }
        return Encoding.UTF8.GetString(Rest(stream, first.AsSpan(0, read), path));
    }

    /// <summary>The bytes of a config.</summary>
    /// <exception cref="UsageException">It is larger than any.</exception>
    internal static byte[] BytesOf(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Rest(stream, [], path);
    }

    private static byte[] Rest(FileStream stream, ReadOnlySpan<byte> first, string path)
    {
        var bytes = new MemoryStream();
        bytes.Write(first);
        byte[] block = new byte[1 << 16];
        for (int length; (length = stream.Read(block)) > 0; )
        {
            bytes.Write(block.AsSpan(0, length));
            if (bytes.Length > LargestText)
            {
                throw new UsageException(
                    $"'{path}' has more than {LargestText:N0} bytes; no config or list of shapes is as large"
                );
            }
        }
        return bytes.ToArray();
    }

    /// <summary>A file of another name that holds a config.</summary>
    private static bool IsConfig(string path) =>
        path.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
        && JsonText(path) is { } text
        && KindOf(text) == JsonKind.Config;

    /// <exception cref="UsageException">It is there and no file: who downloads a folder doesn't ask for a pipe.</exception>
    internal static string? Existing(string path) =>
        !File.Exists(path) ? null
        : IsRegular(path) ? path
        : throw new UsageException($"'{path}' is empty, or no file but a pipe or device");

    /// <summary>Pipes and devices have no length.</summary>
    private static bool IsRegular(string path)
    {
        var info = new FileInfo(path);
        return (info.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? info) is { Exists: true, Length: > 0 };
    }

    private static UsageException Pickle(string path) =>
        new(
            $"'{path}' is a pickle, which can run any code when it is read: FanIn doesn't; give the model's config.json, or save its weights as safetensors"
        );
}
