using System.Runtime.InteropServices;

namespace FanIn.Checkpoints.Tests;

/// <summary>A fresh checkpoint in memory, to be spoiled, written and checked. What it is spoiled with is System.Random's.</summary>
internal sealed class DraftCheckpoint
{
    private readonly CheckpointModel _model;
    private readonly Dictionary<string, (long[] Shape, float[] Values)> _tensors = new(StringComparer.Ordinal);

    public DraftCheckpoint(string config, int seed = 1)
    {
        _model = CheckpointModel.FromConfig(config);
        foreach (PlanRow row in _model.PlanBy().Rows)
        {
            float[] values = new float[row.Parameter.Tensor.Count];
            row.Fill(values, seed);
            _tensors.Add(row.Parameter.Name, ([.. row.Parameter.Tensor.Shape], values));
        }
        foreach (CheckpointBuffer buffer in _model.Buffers.Where(buffer => buffer.Type != SafetensorsType.I64))
        {
            float[] values = new float[buffer.Shape.Aggregate(1L, (a, b) => a * b)];
            Array.Fill(values, buffer.Value);
            _tensors.Add(buffer.Name, ([.. buffer.Shape], values));
        }
    }

    private readonly Dictionary<string, double[]> _exact = new(StringComparer.Ordinal);

    /// <summary>What the tensors are stored in.</summary>
    public SafetensorsType Type { get; init; } = SafetensorsType.F32;

    public IEnumerable<string> Names => _tensors.Keys;

    public float[] this[string name] => _tensors[name].Values;

    public long[] ShapeOf(string name) => _tensors[name].Shape;

    public DraftCheckpoint Add(string name, long[] shape, float[] values)
    {
        _tensors.Add(name, (shape, values));
        return this;
    }

    public DraftCheckpoint Remove(string name)
    {
        _tensors.Remove(name);
        return this;
    }

    public DraftCheckpoint Rename(Func<string, string> rename)
    {
        (string Name, (long[], float[]) Tensor)[] all = [.. _tensors.Select(t => (rename(t.Key), t.Value))];
        _tensors.Clear();
        foreach ((string name, var tensor) in all)
        {
            _tensors.Add(name, tensor);
        }
        return this;
    }

    /// <summary>Multiplies what a pattern's ending matches.</summary>
    public DraftCheckpoint Scale(string ending, double factor)
    {
        foreach ((string name, (_, float[] values)) in _tensors)
        {
            if (name.EndsWith(ending, StringComparison.Ordinal))
            {
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = (float)(values[i] * factor);
                }
            }
        }
        return this;
    }

    /// <summary>Independent values by a function of a source of uniform ones.</summary>
    public DraftCheckpoint Draw(string name, Func<Random, double> next, int seed = 7)
    {
        var random = new Random(seed);
        float[] values = this[name];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)next(random);
        }
        return this;
    }

    public static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>
    /// Weights as training leaves them: some rows and columns larger than others, around a low-rank part; biases and scales
    /// moved.
    /// </summary>
    public DraftCheckpoint Train(params string[] except)
    {
        var random = new Random(11);
        foreach ((string name, (long[] shape, float[] values)) in _tensors)
        {
            if (except.Contains(name))
            {
                continue;
            }
            if (shape.Length < 2)
            {
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] += (float)(0.02 * Normal(random));
                }
                continue;
            }
            int columns = (int)shape.Skip(1).Aggregate(1L, (a, b) => a * b);
            float[] rows = [.. Enumerable.Range(0, values.Length / columns).Select(_ => (float)Normal(random))];
            float[] inputs = [.. Enumerable.Range(0, columns).Select(_ => (float)Normal(random))];
            for (int i = 0; i < values.Length; i++)
            {
                (int r, int c) = (i / columns, i % columns);
                values[i] = (values[i] * (1 + (0.5f * MathF.Abs(rows[r])))) + (0.01f * rows[r] * inputs[c]);
            }
        }
        return this;
    }

    /// <summary>Float64's own numbers, which a float32 may not hold.</summary>
    public DraftCheckpoint Store(string name, double[] values)
    {
        _exact[name] = values;
        return this;
    }

    /// <summary>What the file is called.</summary>
    public string FileName { get; init; } = "model.safetensors";

    public CheckpointReport Check(bool withConfig = true, CheckpointCheckOptions? options = null)
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, FileName);
        var header = SafetensorsHeader.Create(
            _tensors.Select(t => new SafetensorsTensor(t.Key, Type, t.Value.Shape)),
            SafetensorsHeader.PyTorchMetadata
        );
        using (var writer = SafetensorsWriter.Create(path, header))
        {
            while (writer.Current is { } tensor)
            {
                writer.WriteBytes(
                    tensor.Name,
                    _exact.TryGetValue(tensor.Name, out double[]? exact)
                        ? MemoryMarshal.AsBytes(exact.AsSpan())
                        : Stored(_tensors[tensor.Name].Values)
                );
            }
            writer.Complete();
        }
        using Checkpoint checkpoint = Checkpoint.Open(path);
        return CheckpointCheck.Run(
            checkpoint,
            withConfig ? _model : null,
            options,
            TestContext.Current.CancellationToken
        );
    }

    private ReadOnlySpan<byte> Stored(float[] values) =>
        Type switch
        {
            SafetensorsType.BF16 => MemoryMarshal.AsBytes(Array.ConvertAll(values, x => (BFloat16)x).AsSpan()),
            SafetensorsType.F16 => MemoryMarshal.AsBytes(Array.ConvertAll(values, x => (Half)x).AsSpan()),
            SafetensorsType.F64 => MemoryMarshal.AsBytes(Array.ConvertAll(values, x => (double)x).AsSpan()),
            _ => MemoryMarshal.AsBytes(values.AsSpan()),
        };
}
