using System.Collections.Immutable;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>
/// Builds a model's graph while it runs. Which step a layer's input comes from is told by values: hooks see every layer's
/// input and output, and what a custom forward does between them (skip connections, functional activations, pooling,
/// concatenation, attention) is found by trying what gives the same numbers. What nothing explains is a source that starts
/// from its measured statistics.
/// </summary>
internal sealed partial class SignalTrace : IDisposable
{
    private const int MostCandidates = 24;
    private const int MostRecent = 8;

    private readonly List<SignalNode> _nodes = [];
    private readonly List<NodeShape> _shapes = [];
    private readonly List<TracedValue> _values = [];
    private readonly Dictionary<int, ActivationHealth> _health = [];
    private readonly Dictionary<int, double> _entropies = [];
    private readonly Queue<Tensor> _recent = new();
    private readonly Tensor _batch;
    private readonly TensorSample _batchSample;
    private readonly ImmutableArray<TorchParameter> _free;
    private readonly double _tolerance;

    /// <param name="batch">What the model reads.</param>
    /// <param name="free">Parameters that no known kind of layer applies: tokens and positions that are learned.</param>
    /// <param name="halfPrecision">Whether the model computes in bfloat16 or float16.</param>
    public SignalTrace(Tensor batch, IEnumerable<TorchParameter> free, bool halfPrecision)
    {
        _batch = batch;
        _batchSample = TensorSample.Of(batch);
        _free = [.. free];
        _tolerance = halfPrecision ? 2e-2 : 1e-4;
    }

    /// <summary>False where nobody asks for the weights' laws, which take as long as the layer itself.</summary>
    public bool ReadsWeights { get; init; } = true;

    public IReadOnlyList<SignalNode> Nodes => _nodes;

    /// <summary>How an activation's output was, by its step.</summary>
    public IReadOnlyDictionary<int, ActivationHealth> Health => _health;

    /// <summary>Mean entropies of attention, by its step.</summary>
    public IReadOnlyDictionary<int, double> Entropies => _entropies;

    public NodeShape ShapeOf(int node) => _shapes[node];

    /// <summary>Adds a step.</summary>
    public int Add(string name, SignalOperation operation, NodeShape shape, params ReadOnlySpan<int> inputs)
    {
        _nodes.Add(new(name, operation, [.. inputs]));
        _shapes.Add(shape);
        return _nodes.Count - 1;
    }

    /// <summary>Says that a step gave this tensor.</summary>
    /// <param name="node">The step.</param>
    /// <param name="output">What it gave.</param>
    /// <param name="isKept">Whether the tensor stays as it is until the end; otherwise it is watched for a while.</param>
    public void Gave(int node, Tensor output, bool isKept) => Gave(node, output, TensorSample.Of(output), isKept);

    public void Gave(int node, Tensor output, TensorSample sample, bool isKept)
    {
        Tensor detached = output.detach().DetachFromDisposeScope();
        _values.Add(new(node, output.shape, sample, detached));
        if (isKept)
        {
            _kept.Add(detached);
            return;
        }
        _recent.Enqueue(detached);
        if (_recent.Count > MostRecent)
        {
            _recent.Dequeue().Dispose();
        }
    }

    private readonly List<Tensor> _kept = [];

    /// <summary>Notes how the values of an activation were.</summary>
    public void NoteHealth(int node, Activation activation, Tensor output)
    {
        ActivationHealth health = ActivationHealth.Of(activation, output, UnitsLast(output, _shapes[node]));
        if (health.DeadShare is not null || health.SaturatedShare is not null)
        {
            _health[node] = health;
        }
    }

    public void NoteEntropy(int node, double entropy) => _entropies[node] = entropy;

    /// <summary>A source that starts from what was measured.</summary>
    public int Measured(string name, Tensor tensor, bool unitsLast)
    {
        NodeShape shape = NodeShape.Of(tensor.shape, unitsLast);
        long examples = tensor.dim() == 0 ? 1 : Math.Max(1, tensor.shape[0]);
        if (!is_floating_point(tensor))
        {
            // One number of a table: as a vector with a single one, whose cosine is 1 where the ids are equal.
            double alike = OutputGeometry.EqualShare(tensor);
            return Add(name, new SignalOperation.Source(1, 0, alike, 1, shape.Count, examples), new(1, shape.Count));
        }
        TensorStatistics statistics = CpuTensor.Read(tensor, TensorStatistics.Of);
        OutputGeometry geometry = OutputGeometry.Of(tensor, unitsLast);
        double square = statistics.Rms * statistics.Rms;
        return Add(
            name,
            new SignalOperation.Source(
                square,
                statistics.Mean,
                geometry.Correlation ?? 1,
                shape.Units,
                shape.Positions,
                examples
            )
            {
                PositionCorrelation = geometry.TokenCorrelation,
                LogSpread = OutputGeometry.LogSpread(tensor),
            },
            shape
        );
    }

    /// <summary>The graph, its output last.</summary>
    /// <param name="output">The step that gave the model's output; null where nothing explains it: the last step then.</param>
    /// <param name="gradientOf">
    /// Of a step that no other step takes: the measured root mean square of the loss's gradient by its output, and the mean
    /// cosine between two examples' gradients; null where there is none.
    /// </param>
    public SignalGraph ToGraph(int? output, Func<int, (double Rms, double? Cosine)?> gradientOf)
    {
        if (_nodes.Count == 0)
        {
            Measured("input", _batch, unitsLast: false);
        }
        int last = output ?? _nodes.Count - 1;
        var order = Enumerable.Range(0, _nodes.Count).ToList();
        var consumed = _nodes.SelectMany(node => node.Inputs).ToHashSet();
        if (!consumed.Contains(last))
        {
            order.Remove(last);
            order.Add(last);
        }
        var place = new int[_nodes.Count];
        for (int i = 0; i < order.Count; i++)
        {
            place[order[i]] = i;
        }
        return new([
            .. order.Select(i =>
            {
                (double Rms, double? Cosine)? gradient = consumed.Contains(i) ? null : gradientOf(i);
                return _nodes[i] with
                {
                    Inputs = [.. _nodes[i].Inputs.Select(input => place[input])],
                    MeasuredGradientRms = gradient?.Rms,
                    MeasuredGradientCorrelation = gradient?.Cosine,
                };
            }),
        ]);
    }

    public void Dispose()
    {
        foreach (Tensor tensor in _kept)
        {
            tensor.Dispose();
        }
        foreach (Tensor tensor in _recent)
        {
            tensor.Dispose();
        }
    }

    /// <summary>Whether a tensor of that shape has its units last; those of images come second.</summary>
    private static bool UnitsLast(Tensor tensor, NodeShape shape) =>
        tensor.dim() < 3 || tensor.shape[1] != shape.Units || tensor.shape[^1] == shape.Units;
}
