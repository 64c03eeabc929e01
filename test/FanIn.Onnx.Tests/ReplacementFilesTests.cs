using System.Runtime.InteropServices;
using FanIn.Checkpoints;
using Google.Protobuf;
using Proto = global::Onnx;

namespace FanIn.Onnx.Tests;

/// <summary>The files of a copy: external data, what is there already, and what is refused.</summary>
public sealed class ReplacementFilesTests : IDisposable
{
    private readonly Models _models = new();

    public void Dispose() => _models.Dispose();

    private string Out => Path.Combine(_models.Folder, "out");

    private string Place => Path.Combine(Out, "model.onnx");

    /// <summary>w [4, 8] from byte 64 of weights.bin, another tensor behind it, and one in data/other.bin.</summary>
    private string Save(string second = "160", string? checksum = null)
    {
        _models.Save([.. Enumerable.Range(0, 400).Select(i => (byte)i)], "weights.bin");
        _models.Save([.. Enumerable.Range(0, 64).Select(i => (byte)(3 * i))], "data/other.bin");
        (string, string)[] sum = checksum is null ? [] : [("checksum", checksum)];
        Proto.ModelProto model = Models.Of(
            [null, 8],
            [
                Models.Node("Gemm", ["x", "w", "b"], ["h"], Models.Attribute("transB", 1)),
                Models.Node("Gemm", ["h", "v"], ["y"], Models.Attribute("transB", 1)),
            ],
            Models.External("w", "weights.bin", [4, 8], ("offset", "32"), ("length", "128")),
            Models.External("b", "weights.bin", [4], [("offset", second), .. sum]),
            Models.External("v", "data/other.bin", [4, 4])
        );
        return _models.Save(model);
    }

    private static OnnxReplacement Replace(string path, params string[] names)
    {
        OnnxModel model = OnnxModel.Load(path);
        return OnnxReplacement.Of(
            model,
            new Plan([
                .. Recipe
                    .Parse("he_normal")
                    .Apply(model.Describe())
                    .Rows.Where(row => names.Contains(row.Parameter.Name)),
            ]),
            6
        );
    }

    private static byte[] Drawn(int outputs, int inputs, string key)
    {
        float[] values = new float[outputs * inputs];
        Initializer.Parse("he_normal").Fill(values, TensorDescription.Dense(outputs, inputs), 6, key);
        return MemoryMarshal.AsBytes<float>(values).ToArray();
    }

    /// <summary>New bytes in their place, the gaps and the other file as they were; nothing else in the folder.</summary>
    [Fact]
    public void ExternalDataLieBesideTheCopy()
    {
        string path = Save();
        OnnxReplacement replacement = Replace(path, "w");
        Assert.Equal(["data/other.bin", "weights.bin"], replacement.ExternalFiles.Order());
        var steps = new List<WriteProgress>();
        WriteResult result = replacement.Write(Place, steps.Add, TestContext.Current.CancellationToken);
        Assert.Equal(replacement.Length, result.Written);
        Assert.Equal((replacement.Length, replacement.Length), (steps[^1].Bytes, steps[^1].Total));
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(Place));
        byte[] expected = File.ReadAllBytes(Path.Combine(_models.Folder, "weights.bin"));
        Drawn(4, 8, "w").CopyTo(expected, 32);
        Assert.Equal(expected, File.ReadAllBytes(Path.Combine(Out, "weights.bin")));
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(_models.Folder, "data/other.bin")),
            File.ReadAllBytes(Path.Combine(Out, "data/other.bin"))
        );
        Assert.Equal(
            ["data", "data/other.bin", "model.onnx", "weights.bin"],
            Directory
                .GetFileSystemEntries(Out, "*", SearchOption.AllDirectories)
                .Select(entry => Path.GetRelativePath(Out, entry))
                .Order(StringComparer.Ordinal)
        );
        // The copy is a model to the reader, with the new values.
        Assert.Equal(OnnxModel.Load(path).Describe(), OnnxModel.Load(Place).Describe());
    }

    /// <summary>What is there and the same is kept, so that what was broken off goes on; what differs is refused untouched.</summary>
    [Fact]
    public void WhatIsThereIsKeptOrRefused()
    {
        string path = Save();
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        WriteResult first = Replace(path, "w", "v").Write(Place, cancellation: cancellation);
        File.Delete(Place);
        File.WriteAllBytes(Path.Combine(Out, ".model.onnx.0f3c.tmp"), [1]);
        WriteResult second = Replace(path, "w", "v").Write(Place, cancellation: cancellation);
        Assert.Equal(464, second.Kept);
        Assert.False(File.Exists(Path.Combine(Out, ".model.onnx.0f3c.tmp")));
        Assert.Equal(first.Written - 464, second.Written);
        WriteResult third = Replace(path, "w", "v").Write(Place, cancellation: cancellation);
        Assert.Equal((0, first.Written), (third.Written, third.Kept));
        string weights = Path.Combine(Out, "weights.bin");
        byte[] before = File.ReadAllBytes(weights);
        foreach (
            (byte[] other, int at) in ((byte[], int)[])
                [([.. before[..300], 0, .. before[301..]], 300), ([.. before, 1], 400), (before[..399], 399)]
        )
        {
            File.Delete(Place);
            File.WriteAllBytes(weights, other);
            Conflict(path, $"'{weights}' is there and differs from what would be written, first at byte {at};");
            Assert.Equal(other, File.ReadAllBytes(weights));
            Assert.False(File.Exists(Place));
        }
    }

    /// <summary>A file that another puts in the place while one's own is written: kept where it is the same, never replaced.</summary>
    [Fact]
    public void WhatComesMeanwhileIsComparedToo()
    {
        string path = Save();
        byte[] model = File.ReadAllBytes(path);
        Replace(path, "w").Write(Place, _ => File.WriteAllBytes(Place, model), TestContext.Current.CancellationToken);
        Assert.Equal(model, File.ReadAllBytes(Place));
        File.Delete(Place);
        byte[] other = [.. model[..^1], (byte)~model[^1]];
        Assert.Equal(
            $"'{Place}' is there and differs from what would be written, first at byte {model.Length - 1}; choose another place, or remove it",
            Assert
                .Throws<CheckpointConflictException>(() =>
                    Replace(path, "w")
                        .Write(Place, _ => File.WriteAllBytes(Place, other), TestContext.Current.CancellationToken)
                )
                .Message
        );
        Assert.Equal(other, File.ReadAllBytes(Place));
        Assert.Empty(Directory.GetFiles(Out, ".*"));
    }

    /// <summary>A rule that fails once isn't taken for one that has filled its tensor.</summary>
    [Fact]
    public void AFaultLeavesNoValues()
    {
        OnnxModel model = OnnxModel.Load(Save());
        int calls = 0;
        var once = Initializer.Custom(
            "once",
            (values, _, _) =>
            {
                if (calls++ == 0)
                {
                    throw new InvalidOperationException("not yet");
                }
                values.Fill(1);
            }
        );
        ParameterDescription weight = model.Describe().Parameters.Single(parameter => parameter.Name == "w");
        var replacement = OnnxReplacement.Of(model, new Plan([new(weight, "w", once)]), 0);
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Assert.Throws<InvalidOperationException>(() => replacement.Write(Place, cancellation: cancellation));
        replacement.Write(Place, cancellation: cancellation);
        Assert.Equal(
            Enumerable.Repeat(1f, 32),
            MemoryMarshal
                .Cast<byte, float>(File.ReadAllBytes(Path.Combine(Out, "weights.bin")).AsSpan(32, 128))
                .ToArray()
        );
    }

    [Fact]
    public void NothingOfTheModelsIsReplaced()
    {
        string path = Save();
        Conflict(path, "is the model itself; name another file", path);
        Conflict(
            path,
            "can't be the model's name, since external data of it are called so",
            Path.Combine(Out, "weights.bin")
        );
        Directory.CreateDirectory(Place);
        Conflict(path, $"'{Place}' is a folder, where a file of the model belongs");
        // A copy beside the model would need other external data of the same name.
        Conflict(
            path,
            "weights.bin' is there and differs from what would be written, first at byte 32",
            Path.Combine(_models.Folder, "new.onnx")
        );
        Assert.False(File.Exists(Path.Combine(_models.Folder, "new.onnx")));
    }

    [Fact]
    public void NoLinkLeadsOutOfTheNewFolder()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need rights there");
        string path = Save();
        string elsewhere = Directory.CreateDirectory(Path.Combine(_models.Folder, "elsewhere")).FullName;
        Directory.CreateDirectory(Out);
        Directory.CreateSymbolicLink(Path.Combine(Out, "data"), elsewhere);
        Conflict(path, "would lie outside");
        Assert.Empty(Directory.GetFileSystemEntries(elsewhere));
    }

    /// <summary>A file that is called twice in the model's folder is two files beside the copy, with the same bytes.</summary>
    [Fact]
    public void TwoNamesOfOneFileAreTwoFiles()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need rights there");
        _models.Save(new byte[256], "a.bin");
        File.CreateSymbolicLink(Path.Combine(_models.Folder, "b.bin"), "a.bin");
        string path = _models.Save(
            Models.Of(
                [null, 8],
                [
                    Models.Node("Gemm", ["x", "w"], ["h"], Models.Attribute("transB", 1)),
                    Models.Node("Gemm", ["h", "v"], ["y"], Models.Attribute("transB", 1)),
                ],
                Models.External("w", "a.bin", [4, 8]),
                Models.External("v", "b.bin", [8, 4], ("offset", "128"))
            )
        );
        Replace(path, "w", "v").Write(Place, cancellation: TestContext.Current.CancellationToken);
        byte[] expected = [.. Drawn(4, 8, "w"), .. Drawn(8, 4, "v")];
        foreach (string name in (string[])["a.bin", "b.bin"])
        {
            Assert.Equal(expected, File.ReadAllBytes(Path.Combine(Out, name)));
            Assert.Null(new FileInfo(Path.Combine(Out, name)).LinkTarget);
        }
    }

    [Fact]
    public void SharedBytesAndChecksumsAreRefused()
    {
        Refuses(
            () => Replace(Save("156"), "w"),
            "'b' and 'w' of",
            "share bytes of 'weights.bin': one can't get new values without the other"
        );
        Refuses(
            () => Replace(Save("16", "0"), "w"),
            "has a checksum of 'weights.bin', which new values would make wrong"
        );
        Refuses(() => Replace(Save("20"), "w"), "'w' and 'b' of", "share bytes of 'weights.bin'");
        // Of tensors that stay as they are neither matters.
        Assert.NotNull(Replace(Save("156", "0"), "v"));
    }

    [Fact]
    public void WhatCantBeDrawnIsRefused()
    {
        string path = _models.Save(Models.Gemm(Models.Random("w", 1, 4, 8)));
        OnnxModel model = OnnxModel.Load(path);
        ParameterDescription weight = model.Describe().Parameters[0];
        Refuses(
            () => OnnxReplacement.Of(model, new Plan([new(weight, "w", Initializer.Parse("lsuv"))]), 0),
            "'w' can't be drawn: ",
            "fitted to data that pass through the network"
        );
        Assert.Contains(
            "The model has no parameter 'u'.",
            Assert
                .Throws<ArgumentException>(() =>
                    OnnxReplacement.Of(
                        model,
                        new Plan([new(weight with { Name = "u" }, "u", Initializer.Normal(0, 1))]),
                        0
                    )
                )
                .Message
        );
        Assert.Contains(
            "in the plan and",
            Assert
                .Throws<ArgumentException>(() =>
                    OnnxReplacement.Of(
                        model,
                        new Plan([
                            new(weight with { ElementType = ElementType.Float64 }, "w", Initializer.Normal(0, 1)),
                        ]),
                        0
                    )
                )
                .Message
        );
        // Nothing is new: the copy is the file.
        OnnxReplacement
            .Of(model, new Plan([new(weight, "w", null)]), 0)
            .Write(Place, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(Place));
    }

    [Fact]
    public void QuantizedWeightsAreRefused()
    {
        var weight = new Proto.TensorProto
        {
            Name = "w",
            DataType = (int)Proto.TensorProto.Types.DataType.Int8,
            RawData = ByteString.CopyFrom(new byte[32]),
        };
        weight.Dims.Add([4, 8]);
        OnnxModel model = _models.Load(
            Models.Of(
                [null, 8],
                [
                    Models.Node("DequantizeLinear", ["w", "s"], ["wf"]),
                    Models.Node("Gemm", ["x", "wf"], ["y"], Models.Attribute("transB", 1)),
                ],
                weight,
                Models.Scalar("s", 0.5f)
            )
        );
        ParameterDescription parameter = Assert.Single(model.Describe().Parameters);
        Refuses(
            () => OnnxReplacement.Of(model, new Plan([new(parameter, "w", Initializer.Normal(0, 1))]), 0),
            "is quantized: no values are drawn for it"
        );
    }

    /// <summary>A cancelled run leaves no file of its own, under no name.</summary>
    [Fact]
    public void ACancelledRunLeavesNothing()
    {
        string path = Save();
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => Replace(path, "w").Write(Place, null, source.Token));
        Assert.Empty(Directory.GetFiles(Out, "*", SearchOption.AllDirectories));
    }

    private static void Refuses(Action run, params string[] says)
    {
        string message = Assert.Throws<OnnxException>(run).Message;
        Assert.All(says, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    private void Conflict(string model, string says, string? place = null) =>
        Assert.Contains(
            says,
            Assert
                .Throws<CheckpointConflictException>(() =>
                    Replace(model, "w").Write(place ?? Place, cancellation: TestContext.Current.CancellationToken)
                )
                .Message,
            StringComparison.Ordinal
        );
}
