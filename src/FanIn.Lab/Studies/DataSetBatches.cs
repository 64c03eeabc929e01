using System.Collections.Concurrent;
using static TorchSharp.torch;

namespace FanIn.Lab;

/// <summary>
/// Batches of a <see cref="DataSet"/>: each pass over the training part in a new order, which is a function of the
/// order's seed and the pass.
/// </summary>
internal sealed class DataSetBatches : StudyData
{
    private const int TestBatch = 500;
    private const int MostOrders = 256;

    private readonly DataSet _data;

    // Trials that share an order share its permutations: sorting anew at each step would cost as much as training.
    private readonly ConcurrentDictionary<(Seed Seed, string Key), int[]> _orders = new();

    public DataSetBatches(DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        _data = data;
    }

    public override string Name => _data.Name;

    public override string Fingerprint => _data.Fingerprint;

    public override double ChanceLoss => _data.ClassPriorEntropy;

    public override (int Width, int Height)? InputImage =>
        _data.Kind == InputKind.Image ? (_data.InputShape[2], _data.InputShape[1]) : null;

    public override Batch Train(int step, int batchSize, Seed order)
    {
        int size = Math.Min(batchSize, _data.Train.Count);
        int perPass = _data.Train.Count / size;
        int[] permutation = Order(order, $"order/{step / perPass}");
        return Take(_data.Train, permutation.AsSpan(step % perPass * size, size));
    }

    public override Batch Probe(int count) =>
        Take(_data.Train, Order(default, "probe").AsSpan(0, Math.Min(count, _data.Train.Count)));

    public override IEnumerable<Batch> Test()
    {
        for (int start = 0; start < _data.Test.Count; start += TestBatch)
        {
            int[] rows = [.. Enumerable.Range(start, Math.Min(TestBatch, _data.Test.Count - start))];
            yield return Take(_data.Test, rows);
        }
    }

    /// <summary>Ties of two 53-bit ranks would be broken by the sort; among a million rows they are as good as impossible.</summary>
    private int[] Order(Seed seed, string key)
    {
        // A long training makes thousands of passes: they aren't kept for ever.
        if (_orders.Count >= MostOrders)
        {
            _orders.Clear();
        }
        return _orders.GetOrAdd(
            (seed, key),
            static (order, count) =>
            {
                double[] ranks = new double[count];
                RandomStream.Create(order.Seed, order.Key).FillUniform(ranks);
                int[] rows = [.. Enumerable.Range(0, count)];
                Array.Sort(ranks, rows);
                return rows;
            },
            _data.Train.Count
        );
    }

    private Batch Take(Examples examples, ReadOnlySpan<int> rows)
    {
        int size = _data.InputSize;
        long[] labels = new long[rows.Length];
        long[] shape = [rows.Length, .. _data.InputShape];
        for (int i = 0; i < rows.Length; i++)
        {
            labels[i] = examples.Labels.Span[rows[i]];
        }
        if (_data.Kind == InputKind.Tokens)
        {
            long[] tokens = new long[rows.Length * size];
            for (int i = 0; i < tokens.Length; i++)
            {
                tokens[i] = examples.Tokens.Span[(rows[i / size] * size) + (i % size)];
            }
            return new(tensor(tokens, shape), tensor(labels));
        }
        float[] inputs = new float[rows.Length * size];
        for (int i = 0; i < rows.Length; i++)
        {
            examples.Inputs.Span.Slice(rows[i] * size, size).CopyTo(inputs.AsSpan(i * size));
        }
        return new(tensor(inputs, shape), tensor(labels));
    }
}
