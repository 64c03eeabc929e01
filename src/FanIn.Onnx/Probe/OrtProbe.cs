using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace FanIn.Onnx;

/// <summary>Runs a model and hands over values inside it, as many at a time as memory allows.</summary>
internal sealed class OrtProbe : IDisposable
{
    private const string ShapePrefix = "fanin#shape#";
    private readonly OnnxModel _model;
    private readonly ModelWeights _weights;
    private readonly GivenTensors _given;
    private readonly IReadOnlyList<InputData> _inputs;
    private readonly HashSet<string> _outputs;

    /// <exception cref="OnnxException">External data can't be read.</exception>
    public OrtProbe(OnnxModel model, ModelWeights weights, IReadOnlyList<InputData> inputs)
    {
        _model = model;
        _weights = weights;
        _inputs = inputs;
        _outputs = [.. model.Data.Graph.Outputs.Select(output => output.Name)];
        try
        {
            _given = new(model, weights);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OnnxException($"The external data of '{model.Path}' can't be read: {e.Message}", e);
        }
    }

    public void Dispose() => _given.Dispose();

    /// <summary>Hands over each value once, with its shape. A first run asks for shapes alone, so that later ones can be cut to size.</summary>
    /// <param name="values">Names of values that nodes of the model's own graph give.</param>
    /// <param name="budget">Bytes of values in one run; a single value may have more.</param>
    /// <param name="take">Gets name, numbers and shape; values that are no tensors of numbers are left out.</param>
    /// <exception cref="OnnxException">ONNX Runtime can't run the model.</exception>
    public void Run(IReadOnlyList<string> values, long budget, Action<string, float[], long[]> take)
    {
        if (values.Count == 0)
        {
            Execute(new ModelPatch(), [.. _outputs.Take(1)], (_, _) => { });
            return;
        }
        long[] sizes = Sizes(values);
        for (int next = 0; next < values.Count; )
        {
            var patch = new ModelPatch();
            var batch = new List<string>();
            long bytes = 0;
            while (next < values.Count && (batch.Count == 0 || bytes + sizes[next] <= budget))
            {
                bytes += sizes[next];
                if (!_outputs.Contains(values[next]))
                {
                    patch.AddOutput(values[next]);
                }
                batch.Add(values[next++]);
            }
            Execute(
                patch,
                batch,
                (name, value) =>
                {
                    if (Numbers(value) is { } numbers)
                    {
                        take(name, numbers, value.GetTensorTypeAndShape().Shape);
                    }
                }
            );
        }
    }

    /// <summary>The bytes of each value.</summary>
    private long[] Sizes(IReadOnlyList<string> values)
    {
        var patch = new ModelPatch();
        var names = new List<string>();
        for (int i = 0; i < values.Count; i++)
        {
            string name = $"{ShapePrefix}{i}";
            patch.AddNode("Shape", values[i], name);
            patch.AddOutput(name);
            names.Add(name);
        }
        var sizes = new long[values.Count];
        Execute(
            patch,
            names,
            (name, value) =>
            {
                int index = int.Parse(name.AsSpan(ShapePrefix.Length));
                sizes[index] = (Onnx.Sizes.Product(value.GetTensorDataAsSpan<long>()) ?? 0) * sizeof(float);
            }
        );
        return sizes;
    }

    private void Execute(ModelPatch patch, IReadOnlyCollection<string> outputs, Action<string, OrtValue> take)
    {
        AddPassThroughs(patch);
        using var owned = new DisposableList();
        try
        {
            using SessionOptions options = Options();
            if (_weights.File.LongLength + patch.Bytes.Length > Array.MaxLength)
            {
                throw new OnnxException(
                    $"The model has {_weights.File.LongLength} bytes, which with its outputs is more than the 2 GB that ONNX Runtime takes at once; keep its weights as external data."
                );
            }
            using var session = new InferenceSession([.. _weights.File, .. patch.Bytes], options);
            using var run = new RunOptions();
            var inputs = _inputs.Select(owned.Add<InputData, OrtValue>(OrtTensors.Of)).ToList();
            using IDisposableReadOnlyCollection<OrtValue> results = session.Run(
                run,
                [.. _inputs.Select(input => input.Name)],
                inputs,
                outputs
            );
            foreach ((string name, OrtValue value) in outputs.Zip(results))
            {
                take(name, value);
            }
        }
        catch (OnnxRuntimeException e)
        {
            string given = string.Join(
                ", ",
                _inputs.Select(input => $"{ExternalData.Printable(input.Name)} [{string.Join(", ", input.Shape)}]")
            );
            throw new OnnxException(
                $"ONNX Runtime can't run '{_model.Path}' with {(given.Length == 0 ? "no inputs" : given)}: {OrtReason.Of(e.Message)}.",
                e
            );
        }
        catch (Exception e)
            when (e
                    is DllNotFoundException
                        or TypeInitializationException
                        or EntryPointNotFoundException
                        or BadImageFormatException
            )
        {
            throw new OnnxException(
                $"ONNX Runtime's native library can't be loaded on {RuntimeInformation.RuntimeIdentifier}: {(e.InnerException ?? e).Message}",
                e
            );
        }
    }

    private SessionOptions Options()
    {
        var options = new SessionOptions
        {
            // Every value keeps its name, and is what the model says.
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        _given.AddTo(options);
        return options;
    }

    /// <summary>Operators that nobody knows pass their first input on.</summary>
    private void AddPassThroughs(ModelPatch patch)
    {
        var unknown = _model.Parameters.UnknownNodes.Where(node => node.Inputs.Count > 0 && node.Outputs.Count > 0);
        bool isAny = false;
        foreach (var group in unknown.GroupBy(node => (node.Domain, node.Operator)))
        {
            isAny = true;
            patch.AddPassThrough(
                group.MaxBy(node => node.Inputs.Count + node.Outputs.Count)!,
                _model.Data.Operators.GetValueOrDefault("", 13)
            );
        }
        foreach (
            string domain in unknown
                .Select(node => node.Domain)
                .Distinct()
                .Where(d => !_model.Data.Operators.ContainsKey(d))
        )
        {
            patch.AddOperatorSet(domain, 1);
        }
        if (isAny && _model.Data.IrVersion < 8)
        {
            patch.SetVersion(8);
        }
    }

    /// <summary>True where a run failed since ONNX Runtime lacks an operator of the model.</summary>
    public static bool IsUnknownOperator(OnnxException e) =>
        e.InnerException is OnnxRuntimeException
        && (
            e.InnerException.Message.Contains("is not a registered function/op", StringComparison.Ordinal)
            || e.InnerException.Message.Contains("No Op registered for", StringComparison.Ordinal)
            || e.InnerException.Message.Contains("Could not find an implementation for", StringComparison.Ordinal)
        );

    private static float[]? Numbers(OrtValue value) => value.IsTensor ? OrtTensors.Numbers(value) : null;
}

/// <summary>Disposes what is in it.</summary>
internal sealed class DisposableList : IDisposable
{
    private readonly List<IDisposable> _items = [];

    public void Add(IDisposable item) => _items.Add(item);

    public Func<TIn, TOut> Add<TIn, TOut>(Func<TIn, TOut> make)
        where TOut : IDisposable =>
        input =>
        {
            TOut made = make(input);
            _items.Add(made);
            return made;
        };

    public void Dispose()
    {
        foreach (IDisposable item in _items)
        {
            item.Dispose();
        }
    }
}
