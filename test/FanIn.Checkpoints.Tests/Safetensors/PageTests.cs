using FanIn.Tests.Shared;

namespace FanIn.Checkpoints.Tests;

/// <summary>The examples of docs/safetensors.md.</summary>
public sealed class PageTests : IDisposable
{
    private const string Page = "docs/safetensors.md";

    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _output = new();

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
    }

    [Fact]
    public void WritingReadingAndSplittingWork()
    {
        Readme.AssertShows("reading", Page);
        Readme.AssertShows("writing", Page);
        Readme.AssertShows("shards", Page);
        Dictionary<string, float[]> values = new()
        {
            ["fc1.weight"] = new float[256 * 784],
            ["fc1.bias"] = new float[256],
        };
        values["fc1.bias"][7] = 1.5f;
        Write(_folder["model.safetensors"], values);
        using (SafetensorsFile file = SafetensorsFile.Open(_folder["model.safetensors"]))
        {
            Assert.Equal(values["fc1.bias"], file.Read<float>("fc1.bias"));
        }
        SafetensorsTensor[] tensors =
        [
            new("model.norm.weight", SafetensorsType.BF16, 4096),
            new("lm_head.weight", SafetensorsType.BF16, 43, 4096),
        ];
        string folder = Directory.CreateDirectory(_folder["llama"]).FullName;
        using (
            SafetensorsWriter writer = SafetensorsWriter.Create(
                Path.Combine(folder, "model.safetensors"),
                SafetensorsHeader.Create(tensors)
            )
        )
        {
            writer.Write<BFloat16>("lm_head.weight", new BFloat16[43 * 4096]);
            writer.Write<BFloat16>("model.norm.weight", new BFloat16[4096]);
            writer.Complete();
        }
        Read(folder, _output);
        Assert.Equal(
            "BF16 lm_head.weight [43, 4096]\nBF16 model.norm.weight [4096]\n",
            _output.ToString().ReplaceLineEndings("\n")
        );
        tensors =
        [
            .. Enumerable.Range(0, 3).Select(i => new SafetensorsTensor($"{i}", SafetensorsType.F32, 700_000_000)),
        ];
        Split(tensors, folder, _output);
        // 102 bytes of text, filled up to 104, and the 8 of its length.
        Assert.EndsWith(
            "model-00003-of-00003.safetensors: 2800000112 bytes\n",
            _output.ToString().ReplaceLineEndings("\n")
        );
        Assert.Equal(
            3,
            SafetensorsIndex.Parse(File.ReadAllBytes(Path.Combine(folder, SafetensorsIndex.FileName))).Files.Length
        );
    }

    private static void Read(string path, StringWriter output)
    {
        // example: reading
        using var checkpoint = Checkpoint.Open(path); // a file, a folder, or an index
        foreach (SafetensorsTensor tensor in checkpoint.Tensors)
        {
            output.WriteLine($"{tensor}"); // BF16 lm_head.weight [128256, 4096]
        }
        BFloat16[] norm = checkpoint.Read<BFloat16>("model.norm.weight");
        var row = new BFloat16[4096];
        checkpoint.Read<BFloat16>("lm_head.weight", row, start: 42 * 4096); // one row of many
        // end
        Assert.Equal(4096, norm.Length);
    }

    private static void Write(string path, Dictionary<string, float[]> values)
    {
        // example: writing
        SafetensorsTensor weight = new("fc1.weight", SafetensorsType.F32, 256, 784);
        SafetensorsTensor bias = new("fc1.bias", SafetensorsType.F32, 256);
        var header = SafetensorsHeader.Create([weight, bias]);
        using var writer = SafetensorsWriter.Create(path, header);
        foreach (SafetensorsTensor tensor in header.Tensors) // in order of the file
        {
            writer.Write<float>(tensor.Name, values[tensor.Name]); // whole, or piece by piece
        }
        writer.Complete();
        // end
    }

    private static void Split(SafetensorsTensor[] tensors, string folder, StringWriter output)
    {
        // example: shards
        ShardMap map = ShardMap.Of(tensors, ByteSize.Parse("5GB"));
        foreach (Shard shard in map.Shards)
        {
            output.WriteLine($"{shard.FileName}: {shard.FileLength} bytes");
        }
        File.WriteAllText(Path.Combine(folder, SafetensorsIndex.FileName), map.Index!.ToJson());
        // end
    }
}
