using System.Collections.Immutable;
using FanIn.Checkpoints;

namespace FanIn.Onnx;

/// <summary>
/// A copy of a model in which some parameters have new values, and all else is the same byte for byte: the graph, every
/// other tensor, and what no reader looks at. Only the bytes of the values are exchanged where they lie; nothing is parsed
/// and written anew. External data lie beside the copy as they lie beside the model.
/// </summary>
/// <example><code>
/// OnnxModel model = OnnxModel.Load("model.onnx");
/// Plan plan = Recipe.Parse("he_normal").Apply(model.Describe());
/// OnnxReplacement.Of(model, plan, seed: 42).Write("fresh/model.onnx");
/// </code></example>
public sealed class OnnxReplacement
{
    private const int LongestModel = int.MaxValue;

    private readonly OnnxModel _model;
    private readonly NewFile _file;
    private readonly ImmutableArray<NewFile> _external;

    private OnnxReplacement(
        OnnxModel model,
        NewFile file,
        ImmutableArray<NewFile> external,
        IReadOnlyList<DrawnTensor> drawn
    )
    {
        (_model, _file, _external) = (model, file, external);
        Length = file.Length + external.Sum(one => one.Length);
        WorkingMemory = drawn.Select(tensor => tensor.WorkingMemory).DefaultIfEmpty().Max();
    }

    /// <summary>Bytes of all files.</summary>
    public long Length { get; }

    /// <summary>
    /// Memory, in bytes, for values that can't be worked out piece by piece (<see cref="PlanRow.FillsParts"/>), beside the
    /// model's own file and one small buffer; 0 where there are none. External data are never in memory.
    /// </summary>
    public long WorkingMemory { get; }

    /// <summary>The names of the external data's files, as the model calls them; those without new values are copied.</summary>
    public ImmutableArray<string> ExternalFiles => [.. _external.Select(file => file.Name)];

    /// <summary>Finds where the values of a plan lie.</summary>
    /// <param name="model">The model.</param>
    /// <param name="plan">Rows of its parameters; those that aren't in it, or keep their values, are copied.</param>
    /// <param name="seed">The same for all parameters.</param>
    /// <exception cref="ArgumentException">The plan has a parameter that the model doesn't have, or has otherwise.</exception>
    /// <exception cref="OnnxException">
    /// A parameter is quantized or sparse; its rule can't be followed without running the model; its bytes are another
    /// tensor's too; or the copy would be longer than the format allows.
    /// </exception>
    public static OnnxReplacement Of(OnnxModel model, Plan plan, Seed seed)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(plan);
        var parameters = model.Parameters.All.ToDictionary(parameter => parameter.Name, StringComparer.Ordinal);
        var drawn = new List<DrawnTensor>();
        foreach (PlanRow row in plan.Rows.Where(row => !row.IsKept))
        {
            string name = row.Parameter.Name;
            if (!parameters.TryGetValue(name, out OnnxParameter? parameter))
            {
                throw new ArgumentException($"The model has no parameter '{name}'.", nameof(plan));
            }
            if (
                row.Parameter.ElementType != parameter.Description.ElementType
                || !row.Parameter.Tensor.Shape.SequenceEqual(parameter.Description.Tensor.Shape)
            )
            {
                throw new ArgumentException(
                    $"'{name}' is {row.Parameter.ElementType} {row.Parameter.Tensor} in the plan and {parameter.Description.ElementType} {parameter.Description.Tensor} in the model.",
                    nameof(plan)
                );
            }
            if (parameter.Constant.Quantization is not null || parameter.Constant.Sparse is not null)
            {
                throw new OnnxException(
                    $"'{name}' of '{model.Path}' is {(parameter.Constant.Sparse is null ? "quantized" : "sparse")}: no values are drawn for it; leave it out."
                );
            }
            var tensor = new DrawnTensor(row, parameter.Constant.Tensor, seed);
            if (tensor.Fault is { } fault)
            {
                throw new OnnxException($"{fault}.");
            }
            if (tensor.Length > 0)
            {
                drawn.Add(tensor);
            }
        }
        ImmutableArray<NewFile> external = ExternalCopies.Of(model, drawn);
        List<Piece> pieces = Splice.Apply(
            model.File,
            drawn.Where(tensor => tensor.Tensor.ExternalRange is null).SelectMany(tensor => Edit.Of(model.File, tensor))
        );
        var file = new NewFile(Path.GetFileName(model.Path), pieces);
        return file.Length <= LongestModel
            ? new(model, file, external, drawn)
            : throw new OnnxException(
                $"'{model.Path}' would have {file.Length} bytes with these values, where an ONNX file has {LongestModel} at most; store its weights as raw data or beside it."
            );
    }

    /// <summary>
    /// Writes the copy. Each file is under its name only when it is whole and on the disk, the model last: where it is, its
    /// external data are. Files that are there already, or come meanwhile, are compared, and kept where they are the same.
    /// </summary>
    /// <param name="path">The new model's file; its folder is made where there is none.</param>
    /// <param name="progress">Is called after each chunk.</param>
    /// <param name="cancellation">Ends the work soon; files that are finished stay.</param>
    /// <exception cref="CheckpointConflictException">A file is there that would be another, or would replace the model.</exception>
    /// <exception cref="IOException">There is no room, the disk failed, or external data can't be read any more.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder can't be written to.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public WriteResult Write(
        string path,
        Action<WriteProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(path)!;
        (NewFile File, string Path)[] files = [.. _external.Select(file => (file, file.PathIn(folder))), (_file, path)];
        CheckPlaces(path, folder);
        var missing = new List<(NewFile File, string Path)>();
        long kept = 0;
        foreach ((NewFile file, string place) in files)
        {
            if (IsThere(file, place, cancellation))
            {
                kept += file.Length;
            }
            else
            {
                missing.Add((file, place));
            }
        }
        long written = 0;
        foreach ((NewFile file, string place) in missing)
        {
            bool isFirst = file.Write(
                place,
                bytes =>
                {
                    written += bytes;
                    progress?.Invoke(new(kept + written, Length, Path.GetFileName(place)));
                },
                cancellation
            );
            // Who was quicker has written the same, or it is another's.
            if (!isFirst && !IsThere(file, place, cancellation))
            {
                throw new IOException(
                    $"'{place}' comes and goes all the time; let one run write into the folder at a time."
                );
            }
        }
        foreach ((_, string place) in files)
        {
            AtomicFile.RemoveLeftovers(place);
        }
        return new(written, kept, true);
    }

    /// <summary>Nothing of the model's own may be in the way, and no link leads out of the new folder.</summary>
    private void CheckPlaces(string path, string folder)
    {
        if (ExternalData.RealPath(path) == ExternalData.RealPath(_model.Path))
        {
            throw new CheckpointConflictException(
                $"'{path}' is the model itself; name another file, since it is copied"
            );
        }
        string root = ExternalData.RealPath(folder);
        foreach (NewFile file in _external)
        {
            string place = file.PathIn(folder);
            if (string.Equals(place, path, StringComparison.OrdinalIgnoreCase))
            {
                throw new CheckpointConflictException(
                    $"'{path}' can't be the model's name, since external data of it are called so; choose another"
                );
            }
            string parent = ExternalData.RealPath(Path.GetDirectoryName(place)!);
            if (parent != root && !ExternalData.IsBelow(root, parent))
            {
                throw new CheckpointConflictException(
                    $"'{place}' would lie outside '{folder}', since a link leads there; choose another folder, or remove the link"
                );
            }
        }
    }

    private static bool IsThere(NewFile file, string place, CancellationToken cancellation)
    {
        if (Directory.Exists(place))
        {
            throw new CheckpointConflictException($"'{place}' is a folder, where a file of the model belongs");
        }
        if (!File.Exists(place))
        {
            return false;
        }
        long at = file.Difference(place, cancellation);
        return at < 0
            ? true
            : throw new CheckpointConflictException(
                $"'{place}' is there and differs from what would be written, first at byte {at}; choose another place, or remove it"
            );
    }
}
