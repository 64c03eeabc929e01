using System.Collections.Immutable;

namespace FanIn.Onnx;

/// <summary>An ONNX model, read strictly and without running it.</summary>
public sealed class OnnxModel
{
    private readonly Lazy<ModelParameters> _parameters;

    private OnnxModel(string path, byte[] file, ModelData data)
    {
        Path = path;
        File = file;
        Data = data;
        var initializers = new HashSet<string>(data.Graph.Initializers.Select(t => t.Name), StringComparer.Ordinal);
        initializers.UnionWith(data.Graph.SparseInitializers.Select(s => s.Values.Name));
        InputValues = [.. data.Graph.Inputs.Where(input => !initializers.Contains(input.Name))];
        Inputs =
        [
            .. InputValues.Select(input => new OnnxInput(
                input.Name,
                input.Shape is { } shape ? [.. shape.Select(s => s.Size is { } size and >= 0 ? size : -1)] : null,
                input.IsTensor ? OnnxTypes.Word(input.ElementType) : "no tensor"
            )),
        ];
        _parameters = new(() => new(this));
    }

    /// <summary>Where the file lies.</summary>
    public string Path { get; }

    /// <summary>The inputs that have to be given, in the model's order: those that aren't initializers too.</summary>
    public ImmutableArray<OnnxInput> Inputs { get; }

    /// <summary>The file's bytes.</summary>
    internal byte[] File { get; }

    internal ModelData Data { get; }

    internal ImmutableArray<ValueData> InputValues { get; }

    internal ModelParameters Parameters => _parameters.Value;

    /// <summary>Reads a file, up to 2 GB beside external data.</summary>
    /// <exception cref="OnnxException">
    /// It isn't there, is no ONNX file, breaks off, contradicts itself, or names external data outside its own folder.
    /// </exception>
    public static OnnxModel Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] file = FileBytes.Read(path);
        ModelData data;
        try
        {
            data = ModelParser.Parse(file);
        }
        catch (WireException e)
        {
            throw new OnnxException($"'{path}' is no whole ONNX file: {FileBytes.Looks(file) ?? e.Message}.", e);
        }
        catch (OutOfMemoryException e)
        {
            throw new OnnxException($"'{path}' takes more memory than there is.", e);
        }
        if (data.IrVersion <= 0 || !data.HasGraph || data.Graph.Nodes.Count + data.Graph.Initializers.Count == 0)
        {
            string reason =
                FileBytes.Looks(file)
                ?? (data.HasGraph ? "its graph is empty or its version is missing" : "it holds no graph");
            throw new OnnxException($"'{path}' is no ONNX model: {reason}.");
        }
        ModelCheck.Run(path, file, data);
        return new(path, file, data);
    }

    /// <summary>
    /// The parameters, wherever they hide: initializers, Constant nodes, bodies of If, Loop, Scan and functions, external
    /// data. The node that reads a parameter says what it is, not its name. An initializer keeps its name; a constant is
    /// called by the node that reads it and the operator's word for the input (<c>conv1.W</c>); what lies in a body has the
    /// path to it in front (<c>If_0.then_branch.lstm.W</c>). Parameters that are stored as integers with a scale count as
    /// not trainable: no recipe changes them.
    /// </summary>
    public ModelDescription Describe() => Parameters.Description;
}
