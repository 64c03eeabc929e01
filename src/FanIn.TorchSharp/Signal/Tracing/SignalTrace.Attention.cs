using System.Collections.Immutable;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

internal sealed partial class SignalTrace
{
    private static readonly ImmutableArray<long> s_heads = [1, 2, 3, 4, 6, 8, 12, 16, 20, 24, 32];

    /// <summary>softmax(q k^T / sqrt(d)) v of the dense layers that ran last: three, or one that packs all three.</summary>
    private int? Attended(Tensor tensor, string consumer)
    {
        if (tensor.dim() != 3)
        {
            return null;
        }
        (long examples, long tokens, long width) = (tensor.shape[0], tensor.shape[1], tensor.shape[2]);
        TracedValue[] dense =
        [
            .. _values
                .TakeLast(MostCandidates)
                .Where(v =>
                    v.Shape is [var b, var t, _]
                    && b == examples
                    && t == tokens
                    && v.Tensor is { IsInvalid: false }
                    && _nodes[v.Node].Operation is SignalOperation.Weighted
                )
                .TakeLast(3),
        ];
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        double[] wanted = CpuTensor.ToDoubles(tensor.narrow(0, 0, 1));
        if (dense is [.., var packed] && packed.Shape[2] == 3 * width)
        {
            Tensor[] parts = packed.Tensor!.chunk(3, -1);
            if (HeadsOf(parts[0], parts[1], parts[2], wanted) is { } found)
            {
                int[] nodes = [.. Enumerable.Range(0, 3).Select(i => Block(packed.Node, i, width))];
                return Attend(found, parts[0], parts[1], nodes, width, consumer);
            }
        }
        if (dense is [var q, var k, var v] && q.Shape[2] == width)
        {
            return HeadsOf(q.Tensor!, k.Tensor!, v.Tensor!, wanted) is { } found
                ? Attend(found, q.Tensor!, k.Tensor!, [q.Node, Widened(k, width), Widened(v, width)], width, consumer)
                : null;
        }
        return null;

        // Keys and values that several heads share: as many as there are queries, in groups of equal ones.
        int Widened(TracedValue of, long to)
        {
            var op = (SignalOperation.Weighted)_nodes[of.Node].Operation;
            return of.Shape[2] == to
                ? of.Node
                : Add(
                    $"{_nodes[of.Node].Name} for {consumer}",
                    op with
                    {
                        Tensor = TensorDescription.Dense(to, op.Tensor.Inputs),
                    },
                    new(to, tokens),
                    _nodes[of.Node].Inputs.AsSpan()
                );
        }
    }

    /// <summary>One of three blocks of a packed layer, as a layer of its own.</summary>
    private int Block(int packed, int index, long width)
    {
        SignalNode node = _nodes[packed];
        var op = (SignalOperation.Weighted)node.Operation;
        return Add(
            $"{node.Name}#{"qkv"[index]}",
            op with
            {
                Tensor = TensorDescription.Dense(width, op.Tensor.Inputs),
            },
            _shapes[packed] with
            {
                Units = width,
            },
            node.Inputs.AsSpan()
        );
    }

    private int Attend((long Heads, bool IsCausal) kind, Tensor q, Tensor k, int[] nodes, long width, string consumer)
    {
        double scale = 1 / Math.Sqrt((double)width / kind.Heads);
        int node = Add(
            $"attention before {consumer}",
            new SignalOperation.Attend(kind.Heads, scale, kind.IsCausal),
            new(width, q.shape[1]),
            nodes
        );
        Tensor queries = Split(q, kind.Heads, width / kind.Heads);
        Tensor keys = Split(k, kind.Heads, width / kind.Heads);
        Tensor logits = queries.matmul(keys.transpose(-2, -1)).mul(tensor(scale).to(queries.dtype));
        if (kind.IsCausal)
        {
            Tensor mask = ones(q.shape[1], q.shape[1]).triu(1).to(ScalarType.Bool);
            logits = logits.masked_fill(mask, float.NegativeInfinity);
        }
        NoteEntropy(node, EntropyOf(logits.softmax(-1), kind.IsCausal));
        return node;
    }

    /// <summary>The mean over rows of -sum p ln p, as a share of the logarithm of how many can be looked at.</summary>
    /// <param name="weights">[..., queries, keys].</param>
    /// <param name="isCausal">Whether the i-th query sees i + 1 keys.</param>
    public static double EntropyOf(Tensor weights, bool isCausal = false)
    {
        int keys = (int)weights.shape[^1];
        int queries = (int)(weights.dim() > 1 ? weights.shape[^2] : 1);
        return CpuTensor.Read(
            weights,
            values =>
            {
                double sum = 0;
                long rows = 0;
                for (int row = 0; row < values.Length / Math.Max(1, keys); row++)
                {
                    int seen = isCausal ? Math.Min(keys, (row % queries) + 1) : keys;
                    if (seen < 2)
                    {
                        continue;
                    }
                    double entropy = 0;
                    foreach (float p in values.Slice(row * keys, keys))
                    {
                        entropy -= p > 0 ? p * Math.Log(p) : 0;
                    }
                    sum += entropy / Math.Log(seen);
                    rows++;
                }
                return rows == 0 ? 1 : sum / rows;
            }
        );
    }

    private (long Heads, bool IsCausal)? HeadsOf(Tensor q, Tensor k, Tensor v, double[] wanted)
    {
        (Tensor first, Tensor keys, Tensor values) = (q.narrow(0, 0, 1), k.narrow(0, 0, 1), v.narrow(0, 0, 1));
        long width = q.shape[2];
        foreach (long heads in s_heads)
        {
            long size = width / heads;
            if (width % heads != 0 || k.shape[2] % size != 0 || v.shape[2] != k.shape[2])
            {
                continue;
            }
            foreach (bool isCausal in new[] { false, true })
            {
                Tensor output = nn.functional.scaled_dot_product_attention(
                    Split(first, heads, size),
                    Split(keys, heads, size),
                    Split(values, heads, size),
                    is_casual: isCausal
                );
                if (
                    ValueMatch.Distance(CpuTensor.ToDoubles(output.transpose(1, 2).flatten(2)), wanted)
                    <= 10 * _tolerance
                )
                {
                    return (heads, isCausal);
                }
            }
        }
        return null;
    }

    /// <summary>[batch, heads, tokens, size], those that several heads share repeated.</summary>
    private static Tensor Split(Tensor x, long heads, long size)
    {
        long own = x.shape[2] / size;
        Tensor split = x.reshape(x.shape[0], x.shape[1], own, size).transpose(1, 2);
        return own == heads ? split : split.repeat_interleave(heads / own, 1);
    }
}
