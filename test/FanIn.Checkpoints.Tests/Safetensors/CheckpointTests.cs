using System.Text;

namespace FanIn.Checkpoints.Tests;

public sealed class CheckpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static byte[] File(params string[] tensors)
    {
        SafetensorsHeader header = SafetensorsHeader.Create(
            tensors.Select(name => new SafetensorsTensor(name, SafetensorsType.U8, 4))
        );
        using var stream = new MemoryStream();
        using var writer = new SafetensorsWriter(stream, header);
        foreach (SafetensorsTensor tensor in header.Tensors)
        {
            writer.WriteBytes(tensor.Name, [.. Enumerable.Repeat((byte)tensor.Name[0], 4)]);
        }
        writer.Complete();
        return stream.ToArray();
    }

    private string Index(params (string Tensor, string File)[] map)
    {
        string entries = string.Join(',', map.Select(pair => $"\"{pair.Tensor}\":\"{pair.File}\""));
        string json = $"{{\"metadata\":{{\"total_size\":{4 * map.Length}}},\"weight_map\":{{{entries}}}}}";
        return _folder.Write(SafetensorsIndex.FileName, Encoding.UTF8.GetBytes(json));
    }

    private static string Fault(string path)
    {
        string message = Assert.Throws<SafetensorsException>(() => Checkpoint.Open(path)).Message;
        Assert.EndsWith(".", message);
        return message;
    }

    [Fact]
    public void AFileAFolderAndAnIndexAreCheckpoints()
    {
        _folder.Write("one/model.safetensors", File("a", "b"));
        foreach (string path in new[] { _folder["one"], _folder["one/model.safetensors"], _folder["one/"] })
        {
            using Checkpoint one = Checkpoint.Open(path);
            Assert.Null(one.Index);
            Assert.Equal(["a", "b"], one.Tensors.Select(t => t.Name));
            Assert.Equal("bbbb"u8.ToArray(), one.Read<byte>("b"));
        }
        string index = Index(("b", "2.safetensors"), ("a", "1.safetensors"));
        _folder.Write("1.safetensors", File("a"));
        _folder.Write("2.safetensors", File("b"));
        _folder.Write("other.safetensors", File("x"));
        foreach (string path in new[] { _folder.Path, index })
        {
            using Checkpoint several = Checkpoint.Open(path);
            Assert.Equal(8, several.Index!.TotalSize);
            Assert.Equal(index, several.Path);
            Assert.Equal(2, several.Files.Length);
            Assert.Equal(["a", "b"], several.Tensors.Select(t => t.Name));
            byte[] two = new byte[2];
            several.Read<byte>("b", two, 2);
            several.ReadBytes("a", two.AsSpan(1));
            Assert.Equal("ba"u8.ToArray(), two);
            Assert.True(several.TryGet("a", out _));
            Assert.False(several.TryGet("x", out _));
            Assert.Equal(4, several["a"].ByteCount);
            Assert.Throws<KeyNotFoundException>(() => several["x"]);
        }
    }

    [Fact]
    public void AFoldersOnlyFileMayHaveAnyNameButMustBeTheOnlyOne()
    {
        _folder.Write("adapter.safetensors", File("a"));
        using (Checkpoint only = Checkpoint.Open(_folder.Path))
        {
            Assert.Equal(_folder["adapter.safetensors"], only.Path);
        }
        _folder.Write("b.safetensors", File("a"));
        Assert.Equal(
            $"'{_folder.Path}' has several checkpoints: 'adapter.safetensors', 'b.safetensors'; name the one that is meant.",
            Fault(_folder.Path)
        );
        // What other libraries call the one that is meant.
        _folder.Write("model.safetensors", File("m"));
        using Checkpoint usual = Checkpoint.Open(_folder.Path);
        Assert.Equal("m", Assert.Single(usual.Tensors).Name);
    }

    [Fact]
    public void WhatIsNoCheckpointIsSaid()
    {
        Assert.Equal($"'{_folder["no"]}' isn't there.", Fault(_folder["no"]));
        Assert.Equal(
            $"'{_folder.Path}' has no model.safetensors and no model.safetensors.index.json.",
            Fault(_folder.Path)
        );
        _folder.Write("pytorch_model.bin", "PK\u0003\u0004"u8.ToArray());
        Assert.Equal(
            $"'{_folder.Path}' has no model.safetensors and no model.safetensors.index.json, only 'pytorch_model.bin': pickles, which can run code and aren't opened. Save the weights as safetensors.",
            Fault(_folder.Path)
        );
        Assert.Equal(
            $"'{_folder["pytorch_model.bin"]}' is a pickle by its name, which can run code; it isn't opened. Save the weights as safetensors.",
            Fault(_folder["pytorch_model.bin"])
        );
    }

    [Theory]
    [InlineData("../secret.safetensors", "lies in another folder; it must be a plain name of a file beside the index")]
    [InlineData("/etc/passwd", "lies in another folder; it must be a plain name of a file beside the index")]
    [InlineData("sub/x.safetensors", "lies in another folder; it must be a plain name of a file beside the index")]
    [InlineData("..\\\\x.safetensors", "lies in another folder; it must be a plain name of a file beside the index")]
    [InlineData(
        "\\\\\\\\host\\\\x.safetensors",
        "lies in another folder; it must be a plain name of a file beside the index"
    )]
    [InlineData("..", "lies in another folder; it must be a plain name of a file beside the index")]
    [InlineData(".", "lies in another folder; it must be a plain name of a file beside the index")]
    [InlineData("C:x.safetensors", "has a colon, which on Windows names a drive or a stream; it must be a plain name")]
    [InlineData(
        "x.safetensors:s.safetensors",
        "has a colon, which on Windows names a drive or a stream; it must be a plain name"
    )]
    [InlineData("x\\u0000.safetensors", "has a control character; it must be a plain name")]
    [InlineData("x\\n.safetensors", "has a control character; it must be a plain name")]
    [InlineData("NUL.safetensors", "is a device on Windows; it must be a plain name")]
    [InlineData("com7 .x.safetensors", "is a device on Windows; it must be a plain name")]
    [InlineData("", "has no name")]
    [InlineData(
        "pytorch_model.bin",
        "is one of PyTorch's pickles, which can run code; only .safetensors files are read"
    )]
    [InlineData("model.gguf", "is no .safetensors file")]
    public void FilesElsewhereAreNeverOpened(string file, string why)
    {
        _folder.Write("sub/x.safetensors", File("a"));
        string index = Index(("a", file));
        string message = Fault(index);
        Assert.StartsWith($"'{index}' is no valid index of a checkpoint: the file '", message);
        Assert.EndsWith($"' of the tensor 'a' {why}.", message);
    }

    [Fact]
    public void AnyNameOfAFileThatIsRefusedWhenReadIsRefusedWhenWritten() =>
        Assert.Throws<ArgumentException>(() =>
            new SafetensorsIndex(new Dictionary<string, string> { ["a"] = "../x.safetensors" })
        );

    [Fact]
    public void LinksOutOfTheFolderAreRefused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a right there");
        using var outside = new TemporaryFolder();
        string secret = outside.Write("secret.safetensors", File("a"));
        Index(("a", "1.safetensors"));
        System.IO.File.CreateSymbolicLink(_folder["1.safetensors"], secret);
        Assert.Equal(
            $"'{_folder["1.safetensors"]}' is a link that leads out of its folder, to '{secret}'; it isn't opened. Put the file itself there, or name it alone.",
            Fault(_folder.Path)
        );
        // By a folder that is a link itself, and by an index or a single file that is one.
        System.IO.File.Delete(_folder["1.safetensors"]);
        Directory.CreateSymbolicLink(_folder["inner"], outside.Path);
        System.IO.File.CreateSymbolicLink(_folder["1.safetensors"], "inner/secret.safetensors");
        Assert.Contains("leads out of its folder", Fault(_folder.Path));
        System.IO.File.Delete(_folder[SafetensorsIndex.FileName]);
        Assert.Contains("leads out of its folder", Fault(_folder.Path));
        string index = outside.Write("i.json", "{\"weight_map\":{\"a\":\"1.safetensors\"}}"u8.ToArray());
        System.IO.File.CreateSymbolicLink(_folder[SafetensorsIndex.FileName], index);
        Assert.Contains("leads out of its folder", Fault(_folder.Path));
    }

    [Fact]
    public void LinksInsideTheFolderAreFollowed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a right there");
        Index(("a", "1.safetensors"));
        _folder.Write("blobs/0f3c", File("a"));
        System.IO.File.CreateSymbolicLink(_folder["1.safetensors"], "blobs/0f3c");
        using (Checkpoint inside = Checkpoint.Open(_folder.Path))
        {
            Assert.Equal("aaaa"u8.ToArray(), inside.Read<byte>("a"));
        }
        // A folder that was named may be a link.
        using var elsewhere = new TemporaryFolder();
        Directory.CreateSymbolicLink(elsewhere["link"], _folder.Path);
        using Checkpoint linked = Checkpoint.Open(elsewhere["link"]);
        Assert.Equal("aaaa"u8.ToArray(), linked.Read<byte>("a"));
    }

    [Fact]
    public void ASnapshotOfHuggingFacesCacheIsRead()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a right there");
        _folder.Write("models--x/blobs/0f3c", File("a"));
        Directory.CreateDirectory(_folder["models--x/snapshots/5d1f"]);
        string link = _folder["models--x/snapshots/5d1f/model.safetensors"];
        System.IO.File.CreateSymbolicLink(link, "../../blobs/0f3c");
        using (Checkpoint cached = Checkpoint.Open(_folder["models--x/snapshots/5d1f"]))
        {
            Assert.Equal("aaaa"u8.ToArray(), cached.Read<byte>("a"));
        }
        // But no further.
        _folder.Write("secret", File("a"));
        System.IO.File.Delete(_folder["models--x/blobs/0f3c"]);
        System.IO.File.CreateSymbolicLink(_folder["models--x/blobs/0f3c"], "../../secret");
        Assert.Contains("leads out of its folder", Fault(_folder["models--x/snapshots/5d1f"]));
    }

    [Fact]
    public void LinksInACircleHaveAnEnd()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a right there");
        System.IO.File.CreateSymbolicLink(_folder["model.safetensors"], "b");
        System.IO.File.CreateSymbolicLink(_folder["b"], "model.safetensors");
        Assert.Contains("has more than 40 links one after the other", Fault(_folder.Path));
    }

    [Fact]
    public void IndexAndFilesMustFit()
    {
        string index = Index(("a", "1.safetensors"), ("b", "2.safetensors"));
        _folder.Write("1.safetensors", File("a"));
        Assert.Equal($"'{_folder["2.safetensors"]}' isn't there.", Fault(index));
        _folder.Write("2.safetensors", File("a"));
        Assert.Equal(
            $"'{index}' and its files don't fit: the file '2.safetensors' has the tensor 'a', which the weight_map puts into '1.safetensors'.",
            Fault(index)
        );
        _folder.Write("2.safetensors", File("c"));
        Assert.Equal(
            $"'{index}' and its files don't fit: the file '2.safetensors' has the tensor 'c', which the weight_map doesn't have.",
            Fault(index)
        );
        _folder.Write("2.safetensors", File());
        Assert.Equal(
            $"'{index}' and its files don't fit: the weight_map puts the tensor 'b' into '2.safetensors', which doesn't have it.",
            Fault(index)
        );
        _folder.Write("2.safetensors", File("b"));
        using (Checkpoint.Open(index)) { }
        // Swapped: both tensors are there, each in the other's file.
        _folder.Write("1.safetensors", File("b"));
        _folder.Write("2.safetensors", File("a"));
        Assert.Contains(
            "the file '1.safetensors' has the tensor 'b', which the weight_map puts into '2.safetensors'",
            Fault(index)
        );
    }

    [Fact]
    public void TheTotalSizeMustBeTheFiles()
    {
        _folder.Write("1.safetensors", File("a"));
        string index = _folder.Write(
            "x.safetensors.index.json",
            "{\"metadata\":{\"total_size\":5},\"weight_map\":{\"a\":\"1.safetensors\"}}"u8.ToArray()
        );
        Assert.Equal(
            $"'{index}' and its files don't fit: its total_size is 5, but the tensors of its files take 4 bytes.",
            Fault(_folder.Path)
        );
    }

    [Fact]
    public void AMalformedFileIsSaidByItsName()
    {
        Index(("a", "1.safetensors"));
        _folder.Write("1.safetensors", [60, 0, 0, 0, 0, 0, 0, 0]);
        Assert.StartsWith($"'{_folder["1.safetensors"]}' is no valid safetensors file: ", Fault(_folder.Path));
    }

    [Theory]
    [InlineData("", "it is empty, where a JSON object belongs")]
    [InlineData("{\n\"weight_map\":{\"a\":\"x.safetensors\",}}", "it isn't JSON at line 2: ")]
    [InlineData("{\"weight_map\":{\"a\":\"x.safetensors\"}} x", "it isn't JSON at line 1: ")]
    [InlineData("\u00ff", "it isn't JSON at line 1: ")]
    [InlineData("[]", "it is a list, where a JSON object belongs")]
    [InlineData("{}", "it lacks its weight_map, which says which tensor is in which file")]
    [InlineData("{\"weight_map\":[]}", "its weight_map is a list, where an object of file names belongs")]
    [InlineData("{\"weight_map\":{}}", "its weight_map is empty")]
    [InlineData("{\"weight_map\":{\"a\":1}}", "the file of the tensor 'a' is the number 1, where a name belongs")]
    [InlineData(
        "{\"weight_map\":{\"a\":\"x.safetensors\",\n\"a\":\"x.safetensors\"}}",
        "'a' is there twice in one object, the second time at line 2"
    )]
    [InlineData(
        "{\"weight_map\":{\"a\":\"x.safetensors\",\"\\u0061\":\"x.safetensors\"}}",
        "'a' is there twice in one object, the second time at line 1"
    )]
    [InlineData(
        "{\"weight_map\":{\"a\":\"x.safetensors\"},\"weight_map\":{\"a\":\"y.safetensors\"}}",
        "'weight_map' is there twice in one object"
    )]
    [InlineData("{\"weight_map\":{\"\\ud800\":\"x.safetensors\"}}", "the text at line 1 has half of a surrogate pair")]
    [InlineData("{\"weight_map\":{\"a\":\"\\ud800.safetensors\"}}", "the text at line 1 has half of a surrogate pair")]
    [InlineData("{\"metadata\":1,\"weight_map\":{}}", "its metadata are the number 1, where an object belongs")]
    [InlineData(
        "{\"metadata\":{\"total_size\":-1}}",
        "its total_size is the number -1, where a whole number of 0 or more belongs"
    )]
    [InlineData(
        "{\"metadata\":{\"total_size\":1.5}}",
        "its total_size is the number 1.5, where a whole number of 0 or more belongs"
    )]
    [InlineData(
        "{\"metadata\":{\"total_size\":\"5\"}}",
        "its total_size is the text '5', where a whole number of 0 or more belongs"
    )]
    [InlineData(
        "{\"metadata\":{\"total_parameters\":1e99}}",
        "its total_parameters is the number 1e99, where a whole number of 0 or more belongs"
    )]
    public void MalformedIndexesAreRefused(string json, string why) =>
        Assert.StartsWith(
            $"This is no valid index of a checkpoint: {why}",
            Assert.Throws<SafetensorsException>(() => SafetensorsIndex.Parse(Encoding.UTF8.GetBytes(json))).Message
        );

    [Fact]
    public void APublishedIndexIsReadAndWrittenToTheByte()
    {
        const string Json = """
            {
              "metadata": {
                "total_parameters": 2506172416,
                "total_size": 5012344832
              },
              "weight_map": {
                "\u00e9\ud83d\ude00\"\\\n\u007f": "model-00001-of-00002.safetensors",
                "model.embed_tokens.weight": "model-00001-of-00002.safetensors",
                "model.norm.weight": "model-00002-of-00002.safetensors"
              }
            }

            """;
        SafetensorsIndex index = SafetensorsIndex.Parse(Encoding.UTF8.GetBytes(Json));
        Assert.Equal(2506172416, index.TotalParameters);
        Assert.Equal(5012344832, index.TotalSize);
        Assert.Equal("model-00001-of-00002.safetensors", index.WeightMap["\u00e9\U0001F600\"\\\n\u007f"]);
        Assert.Equal(["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"], index.Files);
        // Python sorts by code points: the names in ASCII come first.
        string[] lines = Json.Split('\n');
        string sorted = string.Join(
            '\n',
            [.. lines[..6], lines[7], lines[8] + ",", lines[6].TrimEnd(','), .. lines[9..]]
        );
        Assert.Equal(sorted, index.ToJson());
        Assert.Equal(index, SafetensorsIndex.Parse(Encoding.UTF8.GetBytes(sorted)));
    }

    [Fact]
    public void SizesMayBeWrittenAsFloatsOrNotAtAll()
    {
        Assert.Equal(
            13476835328,
            SafetensorsIndex
                .Parse(
                    """{"metadata":{"total_size":13476835328.0,"format":"pt"},"weight_map":{"a":"x.safetensors"}}"""u8
                )
                .TotalSize
        );
        SafetensorsIndex plain = SafetensorsIndex.Parse("""{"weight_map":{"a":"x.safetensors"}}"""u8);
        Assert.Null(plain.TotalSize);
        Assert.Equal(
            "{\n  \"metadata\": {},\n  \"weight_map\": {\n    \"a\": \"x.safetensors\"\n  }\n}\n",
            plain.ToJson()
        );
    }
}
