using CsCheck;
using Proto = global::Onnx;

namespace FanIn.Onnx.Tests;

public sealed class LoadTests : IDisposable
{
    private readonly Models _models = new();

    public void Dispose() => _models.Dispose();

    private void Refuses(Proto.ModelProto model, string sentence) =>
        Assert.Contains(
            sentence,
            Assert.Throws<OnnxException>(() => _models.Load(model)).Message,
            StringComparison.Ordinal
        );

    private void Refuses(byte[] file, string sentence) =>
        Assert.Contains(
            sentence,
            Assert.Throws<OnnxException>(() => OnnxModel.Load(_models.Save(file))).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void WhatIsNoOnnxFileIsSaid()
    {
        Refuses([], "is empty");
        Refuses("{\"a\": 1}"u8.ToArray(), "it is a text");
        Refuses([.. "PK\u0003\u0004"u8, .. new byte[64]], "a zip archive");
        Refuses([0x89, .. "HDF"u8, 1, 2, 3, 4, 5], "HDF5");
        Refuses(new byte[100], "is no whole ONNX file");
        Refuses([0x08, 0x08], "it holds no graph");
        Assert.Contains(
            "isn't there",
            Assert.Throws<OnnxException>(() => OnnxModel.Load(Path.Combine(_models.Folder, "none.onnx"))).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "is a folder",
            Assert.Throws<OnnxException>(() => OnnxModel.Load(_models.Folder)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void AFileThatBreaksOffIsRefusedWhereverItBreaks()
    {
        byte[] file = File.ReadAllBytes(_models.Save(Models.Gemm(Models.Random("w", 1, 4, 8))));
        int loaded = 0;
        for (int length = 0; length < file.Length; length++)
        {
            string path = _models.Save(file[..length]);
            try
            {
                OnnxModel.Load(path);
                loaded++;
            }
            catch (OnnxException e)
            {
                Assert.StartsWith($"'{path}' ", e.Message, StringComparison.Ordinal);
            }
        }
        // Behind the graph there is one message: what ends before it is whole.
        Assert.InRange(loaded, 1, 8);
    }

    [Fact]
    public void TensorsWhoseDataDontFitAreRefused()
    {
        Refuses(Models.Gemm(Models.Tensor("w", new float[31], 4, 8)), "has 124 bytes where [4, 8] of float takes 128");
        Refuses(
            Models.Gemm(Models.Tensor("w", new float[32], 4, -8)),
            "has the shape [4, -8], which no tensor can have"
        );
        Refuses(Models.Gemm(Models.Tensor("w", new float[32], long.MaxValue, 8)), "which no tensor can have");
        Proto.TensorProto typed = Models.Tensor("w", [], 4, 8);
        typed.ClearRawData();
        typed.FloatData.Add(new float[30]);
        Refuses(Models.Gemm(typed), "has 30 values where [4, 8] holds 32");
        typed.DataType = 99;
        Refuses(Models.Gemm(typed), "has the element type 99, which ONNX doesn't have");
    }

    [Fact]
    public void GraphsThatAreNoneAreRefused()
    {
        Refuses(
            Models.Of([1, 4], [Models.Node("Relu", ["b"], ["a"]), Models.Node("Relu", ["a"], ["b"])]),
            "the node 'Relu_a' reads 'b', which nothing before it gives"
        );
        Refuses(
            Models.Of([1, 4], [Models.Node("Relu", ["x"], ["a"]), Models.Node("Tanh", ["x"], ["a"])]),
            "'a' is given twice, the second time by the node 'Tanh_a'"
        );
        Proto.ModelProto noOutput = Models.Of([1, 4], [Models.Node("Relu", ["x"], ["a"])]);
        noOutput.Graph.Output[0].Name = "b";
        Refuses(noOutput, "no node gives 'b', which is an output of the graph");
        Proto.ModelProto recursive = Models.Of([1, 4], [Models.Node("F", ["x"], ["y"])]);
        var function = new Proto.FunctionProto { Name = "F", Domain = "d" };
        function.Input.Add("a");
        function.Output.Add("b");
        function.Node.Add(Models.Node("F", ["a"], ["b"]));
        function.Node[0].Domain = "d";
        recursive.Functions.Add(function);
        Refuses(recursive, "the function 'F' uses itself");
        Proto.ModelProto deep = Models.Of([1, 4], [Models.Node("Relu", ["x"], ["y"])]);
        Proto.GraphProto body = deep.Graph.Clone();
        for (int i = 0; i < 40; i++)
        {
            var outer = new Proto.GraphProto();
            outer.Node.Add(Models.Node("If", [], ["z"], Models.Attribute("then_branch", body)));
            body = outer;
        }
        deep.Graph = body;
        Refuses(deep, "more than 32 deep");
    }

    [Fact]
    public void ExternalDataIsReadFromBelowTheFolderOnly()
    {
        float[] values = Models.Numbers("w", 1, 4, 8);
        byte[] bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values).ToArray();
        _models.Save([.. new byte[64], .. bytes], "data/w.bin");
        long[] shape = [4, 8];
        OnnxModel model = _models.Load(
            Models.Gemm(Models.External("w", "data/w.bin", shape, ("offset", "64"), ("length", "128")))
        );
        ParameterObservation w = Assert.Single(OnnxCheck.Run(model).Observation.Parameters);
        Assert.Equal(Math.Sqrt(values.Average(x => (double)x * x)), w.Values.Rms, 1e-12);

        string outside = Path.Combine(
            Path.GetDirectoryName(_models.Folder)!,
            $"{Path.GetFileName(_models.Folder)}.bin"
        );
        File.WriteAllBytes(outside, bytes);
        try
        {
            Directory.CreateSymbolicLink(Path.Combine(_models.Folder, "up"), Path.GetDirectoryName(_models.Folder)!);
            File.CreateSymbolicLink(Path.Combine(_models.Folder, "link.bin"), outside);
            foreach (
                string location in (string[])
                    [
                        $"../{Path.GetFileName(outside)}",
                        $"data/../../{Path.GetFileName(outside)}",
                        outside,
                        "link.bin",
                        $"up/{Path.GetFileName(outside)}",
                        $"..\\{Path.GetFileName(outside)}",
                        "C:w.bin",
                        "data//w.bin",
                        ".",
                        "w\0.bin",
                    ]
            )
            {
                Refuses(
                    Models.Gemm(Models.External("w", location, shape)),
                    "isn't below the model's folder; it is not read"
                );
            }
        }
        finally
        {
            File.Delete(outside);
        }
        Refuses(Models.Gemm(Models.External("w", "none.bin", shape)), "which isn't there");
        Refuses(Models.Gemm(Models.External("w", "data", shape)), "which isn't there");
        Refuses(
            Models.Gemm(Models.External("w", "data/w.bin", shape, ("offset", "65"))),
            "it takes 128 bytes of a file of 192"
        );
        Refuses(Models.Gemm(Models.External("w", "data/w.bin", shape, ("offset", "-1"))), "offset -1");
        Refuses(Models.Gemm(Models.External("w", "data/w.bin", shape, ("length", "64"))), "length 64");
        Refuses(
            Models.Gemm(Models.External("w", "data/w.bin", shape, ("offset", "9223372036854775807"))),
            "it takes 128 bytes of a file of 192"
        );
        Refuses(Models.Gemm(Models.External("w", "", shape)), "external data without a location");
    }

    /// <summary>A second name may be that of a file from elsewhere.</summary>
    [Fact]
    public void HardLinksToExternalDataAreRefused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the number of names is known on Linux only");
        string path = _models.Save(new byte[128], "w.bin");
        using (var link = System.Diagnostics.Process.Start("ln", [path, Path.Combine(_models.Folder, "other.bin")]))
        {
            link.WaitForExit();
        }
        Refuses(
            Models.Gemm(Models.External("w", "w.bin", [4, 8])),
            "external data at 'w.bin', which has 2 names (hard links), so that it may be a file from elsewhere; it is not read: put a copy in its place"
        );
    }

    /// <summary>What was checked is what is read, by the check and by ONNX Runtime.</summary>
    [Fact]
    public void ExternalDataThatIsChangedAfterItsCheckIsNotRead()
    {
        static byte[] Bytes(float[] values) =>
            System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values).ToArray();
        float[] main = Models.Numbers("w", 1, 4, 8);
        string path = _models.Save([.. Bytes(main), .. Bytes(Models.Numbers("inner", 1, 4, 4))], "data/w.bin");
        var then = new Proto.GraphProto { Name = "then" };
        then.Initializer.Add(Models.External("inner", "data/w.bin", [4, 4], ("offset", "128")));
        then.Node.Add(Models.Node("MatMul", ["h", "inner"], ["t"]));
        then.Output.Add(new Proto.ValueInfoProto { Name = "t" });
        var otherwise = new Proto.GraphProto { Name = "else" };
        otherwise.Node.Add(Models.Node("Identity", ["h"], ["e"]));
        otherwise.Output.Add(new Proto.ValueInfoProto { Name = "e" });
        Proto.ModelProto proto = Models.Of(
            [6, 8],
            [
                Models.Node("Gemm", ["x", "w"], ["h"], Models.Attribute("transB", 1)),
                Models.Constant("yes", new Proto.TensorProto { DataType = 9, Int32Data = { 1 } }),
                Models.Node(
                    "If",
                    ["yes"],
                    ["z"],
                    Models.Attribute("then_branch", then),
                    Models.Attribute("else_branch", otherwise)
                ),
                Models.Node("MatMul", ["z", "one"], ["y"]),
            ],
            Models.External("w", "data/w.bin", [4, 8]),
            Models.Tensor("one", [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], 4, 4)
        );
        SignalReport expected = OnnxCheck.Run(_models.Load(proto));
        OnnxModel model = _models.Load(proto);
        File.Move(path, $"{path}.old");
        File.WriteAllBytes(path, Bytes([.. Models.Numbers("w", 1, 48).Select(x => 1000 * x)]));
        SignalReport report = OnnxCheck.Run(model);
        Assert.Equal(Math.Sqrt(main.Average(x => (double)x * x)), report.Observation.Parameters[0].Values.Rms, 1e-12);
        Assert.Equal(["Gemm_h", "MatMul_y"], report.Observation.Layers.Select(layer => layer.Name));
        Assert.Equal(
            expected.Observation.Layers.Select(layer => layer.Output.Rms),
            report.Observation.Layers.Select(layer => layer.Output.Rms)
        );
        Assert.InRange(report.Observation.Layers[1].Output.Rms, 0.1, 100);
    }

    [Fact]
    public void DamagedBytesLoadOrAreRefused()
    {
        Proto.ModelProto whole = Models.Of(
            [null, 8],
            [
                Models.Node("Gemm", ["x", "w"], ["h"], Models.Attribute("transB", 1)),
                Models.Constant("c", Models.Random("", 1, 4, 4)),
                Models.Node("MatMul", ["h", "c"], ["y"]),
            ],
            Models.Random("w", 1, 4, 8)
        );
        byte[] file = File.ReadAllBytes(_models.Save(whole));
        Gen.Select(Gen.Int[0, file.Length - 1], Gen.Byte, Gen.Int[0, file.Length - 1], Gen.Byte)
            .Sample(
                (at, value, at2, value2) =>
                {
                    byte[] damaged = [.. file];
                    damaged[at] = value;
                    damaged[at2] = value2;
                    try
                    {
                        // Descriptions too: whatever loads can be described.
                        OnnxModel.Load(_models.Save(damaged, $"{Environment.CurrentManagedThreadId}.onnx")).Describe();
                    }
                    catch (OnnxException e)
                    {
                        Assert.EndsWith(".", e.Message, StringComparison.Ordinal);
                    }
                },
                iter: 4000
            );
    }
}
