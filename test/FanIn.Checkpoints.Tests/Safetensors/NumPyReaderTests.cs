using System.Globalization;

namespace FanIn.Checkpoints.Tests;

/// <summary>A reader that isn't ours: ten lines of Python over NumPy (Debian's python3-numpy, by eng/install-oracles.sh).</summary>
public sealed class NumPyReaderTests : IDisposable
{
    private const string Script = """
        import json, sys, numpy
        types = {'F64': '<f8', 'F32': '<f4', 'F16': '<f2', 'BF16': '<u2', 'I64': '<i8', 'I32': '<i4', 'I16': '<i2',
                 'I8': 'i1', 'U64': '<u8', 'U32': '<u4', 'U16': '<u2', 'U8': 'u1', 'BOOL': '?'}
        with open(sys.argv[1], 'rb') as file:
            length = int.from_bytes(file.read(8), 'little')
            header, data = json.loads(file.read(length)), file.read()
        print(json.dumps(header.pop('__metadata__', None)))
        for name, entry in sorted(header.items()):
            begin, end = entry['data_offsets']
            values = numpy.frombuffer(data[begin:end], types[entry['dtype']]).reshape(entry['shape'])
            print(name, entry['dtype'], values.shape, *(repr(v.item()) for v in values.ravel()))
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Python()
    {
        string? python = new[] { "/usr/bin/python3", "python3" }.FirstOrDefault(name =>
            OtherReader.Run(name, "-c", "import numpy") is not null
        );
        Assert.SkipWhen(python is null, "NumPy is not installed: eng/install-oracles.sh does that on Debian.");
        return python;
    }

    [Fact]
    public void PythonReadsTheSameValues()
    {
        string python = Python();
        SafetensorsHeader header = SafetensorsHeader.Create(
            [
                new("a.f32", SafetensorsType.F32, 2, 3),
                new("b.f64", SafetensorsType.F64, 2),
                new("c.f16", SafetensorsType.F16, 3),
                new("d.bf16", SafetensorsType.BF16, 2),
                new("e.i64", SafetensorsType.I64, 1, 1, 2),
                new("f.i8", SafetensorsType.I8, 3),
                new("g.bool", SafetensorsType.Bool, 3),
                new("h.scalar", SafetensorsType.U16),
                new("i.empty", SafetensorsType.F32, 2, 0),
            ],
            SafetensorsHeader.PyTorchMetadata
        );
        string path = _folder["model.safetensors"];
        using (SafetensorsWriter writer = SafetensorsWriter.Create(path, header))
        {
            writer.Write<long>("e.i64", [-1, long.MaxValue]);
            writer.Write<double>("b.f64", [0.1, -1e300]);
            writer.Write<float>("a.f32", [0, 1, 2, 3.5f, -4, 5]);
            writer.Write<BFloat16>("d.bf16", [(BFloat16)1f, (BFloat16)(-2f)]);
            writer.Write<Half>("c.f16", [(Half)0.5f, (Half)(-65504f), (Half)6.103515625e-05f]);
            writer.Write<ushort>("h.scalar", [40000]);
            writer.Write<sbyte>("f.i8", [-128, 0, 127]);
            writer.Write<bool>("g.bool", [true, false, true]);
            writer.Complete();
        }
        string expected = """
            {"format": "pt"}
            a.f32 F32 (2, 3) 0.0 1.0 2.0 3.5 -4.0 5.0
            b.f64 F64 (2,) 0.1 -1e+300
            c.f16 F16 (3,) 0.5 -65504.0 6.103515625e-05
            d.bf16 BF16 (2,) 16256 49152
            e.i64 I64 (1, 1, 2) -1 9223372036854775807
            f.i8 I8 (3,) -128 0 127
            g.bool BOOL (3,) True False True
            h.scalar U16 () 40000
            i.empty F32 (2, 0)

            """;
        Assert.Equal(expected, OtherReader.Run(python, "-c", Script, path)?.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void PythonReadsAWholeCheckpointOfShards()
    {
        string python = Python();
        SafetensorsTensor[] tensors =
        [
            .. Enumerable
                .Range(0, 20)
                .Select(i => new SafetensorsTensor($"layers.{i:D2}.weight", SafetensorsType.F32, i, 3)),
        ];
        ShardMap map = ShardMap.Of(tensors, 500);
        Assert.InRange(map.Shards.Length, 3, 20);
        AtomicFile.Write(_folder[SafetensorsIndex.FileName], System.Text.Encoding.UTF8.GetBytes(map.Index!.ToJson()));
        var read = new List<string>();
        foreach (Shard shard in map.Shards)
        {
            string path = _folder[shard.FileName];
            using (SafetensorsWriter writer = SafetensorsWriter.Create(path, shard.Header))
            {
                foreach (SafetensorsTensor tensor in shard.Header.Tensors)
                {
                    float[] values = [.. Enumerable.Range(0, (int)tensor.Count).Select(i => i + tensor.Shape[0] / 64f)];
                    writer.Write<float>(tensor.Name, values);
                }
                writer.Complete();
            }
            Assert.Equal(shard.FileLength, new FileInfo(path).Length);
            read.AddRange(
                OtherReader.Run(python, "-c", Script, path)!.Split('\n').Where(line => line.StartsWith("layers"))
            );
        }
        Assert.Equal(
            tensors.Select(t =>
                string.Join(
                    ' ',
                    [
                        $"{t.Name} F32 ({t.Shape[0]}, 3)",
                        .. Enumerable
                            .Range(0, (int)t.Count)
                            .Select(i =>
                                (i + t.Shape[0] / 64.0).ToString("0.0#########", CultureInfo.InvariantCulture)
                            ),
                    ]
                )
            ),
            read.Select(line => line.TrimEnd()).Order(StringComparer.Ordinal)
        );
        using Checkpoint checkpoint = Checkpoint.Open(_folder.Path);
        Assert.Equal(20, checkpoint.Tensors.Count());
        Assert.Equal(map.TotalSize, checkpoint.Index!.TotalSize);
    }
}
