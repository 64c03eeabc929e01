using Google.Protobuf;
using Proto = global::Onnx;

namespace FanIn.Onnx.Tests;

public sealed class DescribeTests : IDisposable
{
    private readonly Models _models = new();

    public void Dispose() => _models.Dispose();

    private ParameterDescription[] Describe(Proto.ModelProto model) => [.. _models.Load(model).Describe().Parameters];

    private ParameterDescription One(long?[] shape, Proto.NodeProto node, params Proto.TensorProto[] initializers) =>
        Describe(Models.Of(shape, [node], initializers))[0];

    [Fact]
    public void TheReaderDecidesTheFan()
    {
        var w = Models.Random("w", 1, 4, 8);
        Assert.Equal(
            new Fan(8, 4),
            One([1, 8], Models.Node("Gemm", ["x", "w"], ["y"], Models.Attribute("transB", 1)), w).Tensor.Fan
        );
        Assert.Equal(new Fan(4, 8), One([1, 4], Models.Node("Gemm", ["x", "w"], ["y"]), w).Tensor.Fan);
        Assert.Equal(new Fan(4, 8), One([1, 4], Models.Node("MatMul", ["x", "w"], ["y"]), w).Tensor.Fan);
        // W x: [4, 8] times a column of 8.
        Assert.Equal(new Fan(8, 4), One([8, 1], Models.Node("MatMul", ["w", "x"], ["y"]), w).Tensor.Fan);
        var k = Models.Random("k", 1, 8, 2, 3, 3);
        Assert.Equal(
            new Fan(18, 18),
            One([1, 8, 9, 9], Models.Node("Conv", ["x", "k"], ["y"], Models.Attribute("group", 4)), k).Tensor.Fan
        );
        Assert.Equal(
            new Fan(8 * 9 / 4.0, 2 * 9),
            One(
                [1, 8, 9, 9],
                Models.Node("ConvTranspose", ["x", "k"], ["y"], Models.Attribute("strides", 2, 2)),
                k
            ).Tensor.Fan
        );
    }

    [Fact]
    public void AMatrixThatIsTransposedFirstIsReadTheOtherWay()
    {
        ParameterDescription[] all = Describe(
            Models.Of(
                [1, 8],
                [
                    Models.Node("Transpose", ["w"], ["wt"], Models.Attribute("perm", 1, 0)),
                    Models.Node("MatMul", ["x", "wt"], ["y"]),
                ],
                Models.Random("w", 1, 4, 8)
            )
        );
        Assert.Equal(TensorDescription.Dense(4, 8), Assert.Single(all).Tensor);
    }

    [Fact]
    public void RolesComeFromTheReader()
    {
        ParameterDescription[] all = Describe(
            Models.Of(
                [2, 3],
                [
                    Models.Node("Cast", ["x"], ["ids"], Models.Attribute("to", 7)),
                    Models.Node("Gather", ["table", "ids"], ["e"]),
                    Models.Node("MatMul", ["e", "w"], ["m"]),
                    Models.Node("Add", ["m", "b"], ["h"]),
                    Models.Node("Mul", ["h", "half"], ["g"]),
                    Models.Node("LayerNormalization", ["g", "gamma", "beta"], ["n"]),
                    Models.Node("PRelu", ["n", "slope"], ["p"]),
                    Models.Node("Add", ["p", "free"], ["y"]),
                ],
                Models.Random("table", 1, 50, 8),
                Models.Random("w", 1, 8, 6),
                Models.Random("b", 1, 6),
                Models.Scalar("half", 0.5f),
                Models.Random("gamma", 1, 6),
                Models.Random("beta", 1, 6),
                Models.Random("slope", 1, 6),
                Models.Random("free", 1, 3, 6)
            )
        );
        Assert.Equal(
            "table Embedding, w Weight, b Bias, gamma NormScale, beta NormShift, slope Slope, free Other",
            string.Join(", ", all.Select(p => $"{p.Name} {p.Role}"))
        );
    }

    [Fact]
    public void GatesArePackedAndHaveTheFanOfOne()
    {
        ParameterDescription[] all = Describe(
            Models.Of(
                [5, 2, 6],
                [Models.Node("LSTM", ["x", "w", "r", "b"], ["y"], Models.Attribute("hidden_size", 3))],
                Models.Random("w", 1, 1, 12, 6),
                Models.Random("r", 1, 1, 12, 3),
                Models.Random("b", 1, 1, 24)
            )
        );
        Assert.Equal(["i", "o", "f", "c"], all[0].Blocks.Select(block => block.Name));
        Assert.All(all[0].Blocks, block => Assert.Equal(new Fan(6, 3), block.Tensor.Fan));
        Assert.All(all[1].Blocks, block => Assert.Equal(new Fan(3, 3), block.Tensor.Fan));
        Assert.Equal(ParameterRole.Bias, all[2].Role);
    }

    [Fact]
    public void WeightsAreFoundWhereverTheyHide()
    {
        // A Constant node; the body of an If; a function; an initializer that is an input too.
        var then = new Proto.GraphProto { Name = "then" };
        then.Initializer.Add(Models.Random("inner", 1, 4, 4));
        then.Node.Add(Models.Node("MatMul", ["h", "inner"], ["t"]));
        then.Output.Add(new Proto.ValueInfoProto { Name = "t" });
        var otherwise = new Proto.GraphProto { Name = "else" };
        otherwise.Node.Add(Models.Node("Identity", ["h"], ["e"]));
        otherwise.Output.Add(new Proto.ValueInfoProto { Name = "e" });
        Proto.NodeProto call = Models.Node("F", ["z"], ["y"]);
        call.Domain = "own";
        Proto.ModelProto model = Models.Of(
            [1, 8],
            [
                Models.Constant("c", Models.Random("", 1, 8, 4)),
                Models.Node("MatMul", ["x", "c"], ["h"]),
                Models.Constant("yes", new Proto.TensorProto { DataType = 9, Int32Data = { 1 } }),
                Models.Node(
                    "If",
                    ["yes"],
                    ["z"],
                    Models.Attribute("then_branch", then),
                    Models.Attribute("else_branch", otherwise)
                ),
                call,
                Models.Node("MatMul", ["y", "both"], ["out"]),
            ],
            Models.Random("both", 1, 4, 2)
        );
        model.Graph.Input.Add(Models.Value("both", Proto.TensorProto.Types.DataType.Float, 4, 2));
        var function = new Proto.FunctionProto { Name = "F", Domain = "own" };
        function.Input.Add("a");
        function.Output.Add("b");
        function.Node.Add(Models.Constant("fc", Models.Random("", 1, 4, 4)));
        function.Node.Add(Models.Node("MatMul", ["a", "fc"], ["b"]));
        function.OpsetImport.Add(new Proto.OperatorSetIdProto { Domain = "", Version = 15 });
        model.Functions.Add(function);
        model.OpsetImport.Add(new Proto.OperatorSetIdProto { Domain = "own", Version = 1 });
        OnnxModel loaded = _models.Load(model);
        Assert.Equal("x", Assert.Single(loaded.Inputs).Name);
        Assert.Equal(
            ["MatMul_h.B", "If_z.then_branch.inner", "F_y.MatMul_b.B", "both"],
            loaded.Describe().Parameters.Select(p => p.Name)
        );
        SignalReport report = OnnxCheck.Run(loaded);
        Assert.Equal(["MatMul_h", "MatMul_out"], report.Observation.Layers.Select(layer => layer.Name));
        Assert.Contains(
            report.Findings,
            finding =>
                finding.Kind == FindingKind.UnknownOperator
                && finding.Message.StartsWith("2 weighted layers lie in bodies", StringComparison.Ordinal)
        );
    }

    /// <summary>A function's settings can be tensors: with a value of its own, which a call may replace.</summary>
    [Fact]
    public void WeightsInSettingsOfFunctionsAreFound()
    {
        const Proto.AttributeProto.Types.AttributeType Kind = Proto.AttributeProto.Types.AttributeType.Tensor;
        Proto.NodeProto Call(string input, string output, params Proto.AttributeProto[] attributes)
        {
            Proto.NodeProto call = Models.Node("F", [input], [output], attributes);
            call.Domain = "own";
            return call;
        }
        var given = new Proto.AttributeProto
        {
            Name = "w",
            T = Models.Random("given", 1, 8, 8),
            Type = Kind,
        };
        Proto.ModelProto model = Models.Of([1, 8], [Call("x", "y"), Call("y", "z", given)]);
        var function = new Proto.FunctionProto { Name = "F", Domain = "own" };
        function.Input.Add("a");
        function.Output.Add("b");
        function.AttributeProto.Add(
            new Proto.AttributeProto
            {
                Name = "w",
                T = Models.Random("default", 1, 8, 8),
                Type = Kind,
            }
        );
        function.AttributeProto.Add(
            new Proto.AttributeProto
            {
                Name = "idle",
                T = Models.Random("idle", 1, 3, 3),
                Type = Kind,
            }
        );
        var referring = new Proto.AttributeProto
        {
            Name = "value",
            RefAttrName = "w",
            Type = Kind,
        };
        function.Node.Add(Models.Node("Constant", [], ["fc"], referring));
        function.Node.Add(Models.Node("MatMul", ["a", "fc"], ["b"]));
        function.OpsetImport.Add(new Proto.OperatorSetIdProto { Domain = "", Version = 15 });
        model.Functions.Add(function);
        model.OpsetImport.Add(new Proto.OperatorSetIdProto { Domain = "own", Version = 1 });
        OnnxModel loaded = _models.Load(model);
        Assert.Equal(
            "F_y.MatMul_b.B Weight, F_z.MatMul_b.B Weight, F.idle Other",
            string.Join(", ", loaded.Describe().Parameters.Select(p => $"{p.Name} {p.Role}"))
        );
        ModelWeights weights = ModelWeights.OfFile(loaded);
        Assert.Equal(Models.Numbers("default", 1, 8, 8), weights.Read(loaded.Parameters.All[0])!);
        Assert.Equal(Models.Numbers("given", 1, 8, 8), weights.Read(loaded.Parameters.All[1])!);
        Assert.Empty(OnnxCheck.Run(loaded).Observation.Layers);

        function.AttributeProto[0].T.RawData = ByteString.CopyFrom(1, 2, 3);
        Assert.Contains(
            "the attribute 'w' of the function 'F' has 3 bytes",
            Assert.Throws<OnnxException>(() => _models.Load(model)).Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>A default body that asks for itself would never end.</summary>
    [Fact]
    public void AFunctionsBodyInItselfIsRefused()
    {
        const Proto.AttributeProto.Types.AttributeType Kind = Proto.AttributeProto.Types.AttributeType.Graph;
        Proto.NodeProto call = Models.Node("F", ["x"], ["y"]);
        call.Domain = "own";
        Proto.ModelProto model = Models.Of([1, 8], [call]);
        Proto.NodeProto Branch(string output) =>
            Models.Node(
                "If",
                ["a"],
                [output],
                new Proto.AttributeProto
                {
                    Name = "then_branch",
                    RefAttrName = "body",
                    Type = Kind,
                }
            );
        var body = new Proto.GraphProto();
        body.Node.Add(Models.Node("Identity", ["a"], ["t"]));
        body.Output.Add(new Proto.ValueInfoProto { Name = "t" });
        var function = new Proto.FunctionProto { Name = "F", Domain = "own" };
        function.Input.Add("a");
        function.Output.Add("b");
        function.AttributeProto.Add(
            new Proto.AttributeProto
            {
                Name = "body",
                G = body,
                Type = Kind,
            }
        );
        function.Node.Add(Branch("b"));
        model.Functions.Add(function);
        Assert.Empty(_models.Load(model).Describe().Parameters);
        body.Node.Clear();
        body.Node.Add(Models.Node("Constant", [], ["a"], new Proto.AttributeProto { Name = "value_float", F = 1 }));
        body.Node.Add(Branch("t"));
        Assert.Contains(
            "more than 512 deep in each other",
            Assert.Throws<OnnxException>(() => _models.Load(model).Describe()).Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>In a Constant node, in the body of an If, and in the settings of an operator of one's own.</summary>
    [Fact]
    public void SparseTensorsAreFoundWhereverTheyHide()
    {
        Proto.SparseTensorProto Sparse(string name)
        {
            var sparse = new Proto.SparseTensorProto
            {
                Values = Models.Tensor(name, [3, 4], 2),
                Indices = new() { DataType = 7, Int64Data = { 1, 5 } },
            };
            sparse.Indices.Dims.Add(2);
            sparse.Dims.Add([8, 8]);
            return sparse;
        }
        var then = new Proto.GraphProto { Name = "then" };
        then.SparseInitializer.Add(Sparse("inner"));
        then.Node.Add(Models.Node("MatMul", ["h", "inner"], ["t"]));
        then.Output.Add(new Proto.ValueInfoProto { Name = "t" });
        var tensors = new Proto.AttributeProto
        {
            Name = "tables",
            Type = Proto.AttributeProto.Types.AttributeType.Tensors,
        };
        tensors.Tensors.Add([Models.Random("", 1, 3, 3), Models.Random("", 1, 2, 2)]);
        var sparses = new Proto.AttributeProto
        {
            Name = "masks",
            Type = Proto.AttributeProto.Types.AttributeType.SparseTensors,
        };
        sparses.SparseTensors.Add([Sparse("a"), Sparse("b")]);
        Proto.NodeProto odd = Models.Node("Magic", ["z"], ["y"], tensors, sparses);
        odd.Domain = "com.example";
        Proto.ModelProto model = Models.Of(
            [1, 8],
            [
                Models.Node(
                    "Constant",
                    [],
                    ["c"],
                    new Proto.AttributeProto
                    {
                        Name = "sparse_value",
                        SparseTensor = Sparse("c"),
                        Type = Proto.AttributeProto.Types.AttributeType.SparseTensor,
                    }
                ),
                Models.Node("MatMul", ["x", "c"], ["h"]),
                Models.Constant("yes", new Proto.TensorProto { DataType = 9, Int32Data = { 1 } }),
                Models.Node("If", ["yes"], ["z"], Models.Attribute("then_branch", then)),
                odd,
            ]
        );
        ParameterDescription[] all = Describe(model);
        Assert.Equal(
            "MatMul_h.B 64, If_z.then_branch.inner 64, Magic_y.tables 9, Magic_y.tables_2 4, Magic_y.masks 64, Magic_y.masks_2 64",
            string.Join(", ", all.Select(p => $"{p.Name} {p.Tensor.Count}"))
        );
        // No recipe can change what isn't stored.
        Assert.Equal(["Magic_y.tables", "Magic_y.tables_2"], all.Where(p => p.IsTrainable).Select(p => p.Name));
    }

    [Fact]
    public void AllElementTypesAreRead()
    {
        float[] values = [.. Models.Numbers("w", 1, 4, 8).Select(x => (float)BFloat16Rounded(x))];
        Proto.TensorProto raw = Models.Tensor("w", values, 4, 8);
        Proto.TensorProto floats = Models.Tensor("w", [], 4, 8);
        floats.ClearRawData();
        Proto.TensorProto doubles = floats.Clone();
        Proto.TensorProto half = floats.Clone();
        Proto.TensorProto brain = floats.Clone();
        floats.FloatData.Add(values);
        doubles.DataType = (int)Proto.TensorProto.Types.DataType.Double;
        doubles.DoubleData.Add(values.Select(x => (double)x));
        half.DataType = (int)Proto.TensorProto.Types.DataType.Float16;
        half.Int32Data.Add(values.Select(x => (int)BitConverter.HalfToUInt16Bits((Half)x)));
        brain.DataType = (int)Proto.TensorProto.Types.DataType.Bfloat16;
        brain.RawData = ByteString.CopyFrom([
            .. values.SelectMany(x => BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits(x) >> 16))),
        ]);
        double rms = Math.Sqrt(values.Average(x => (double)x * x));
        foreach (
            (Proto.TensorProto tensor, ElementType type) in new[]
            {
                (raw, ElementType.Float32),
                (floats, ElementType.Float32),
                (doubles, ElementType.Float64),
                (half, ElementType.Float16),
                (brain, ElementType.BFloat16),
            }
        )
        {
            OnnxModel model = _models.Load(Models.Gemm(tensor));
            OnnxParameter parameter = Assert.Single(model.Parameters.All);
            Assert.Equal(type, parameter.Description.ElementType);
            Assert.Equal(values, ModelWeights.OfFile(model).Read(parameter)!);
            Assert.Equal(rms, TensorStatistics.Of(values).Rms, 1e-12);
        }

        static double BFloat16Rounded(float x) =>
            BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(x) & 0xffff0000);
    }

    [Fact]
    public void QuantizedWeightsAreReadAsTheModelUsesThem()
    {
        var q = new Proto.TensorProto
        {
            Name = "q",
            DataType = (int)Proto.TensorProto.Types.DataType.Int8,
            RawData = ByteString.CopyFrom(10, 20, 0xF6, 0),
        };
        q.Dims.Add([2, 2]);
        var zero = new Proto.TensorProto
        {
            Name = "zero",
            DataType = (int)Proto.TensorProto.Types.DataType.Int8,
            RawData = ByteString.CopyFrom(2, 0),
        };
        zero.Dims.Add(2);
        OnnxModel model = _models.Load(
            Models.Of(
                [1, 2],
                [
                    Models.Node("DequantizeLinear", ["q", "scale", "zero"], ["w"], Models.Attribute("axis", 1)),
                    Models.Node("MatMul", ["x", "w"], ["y"]),
                ],
                q,
                Models.Tensor("scale", [0.5f, 0.25f], 2),
                zero
            )
        );
        OnnxParameter w = Assert.Single(model.Parameters.All);
        Assert.False(w.Description.IsTrainable);
        Assert.Equal([4, 5, -6, 0], ModelWeights.OfFile(model).Read(w)!);
    }

    [Fact]
    public void SparseInitializersCountTheirZerosAndAreSaid()
    {
        Proto.ModelProto model = Models.Of([1, 4], [Models.Node("MatMul", ["x", "w"], ["y"])]);
        var sparse = new Proto.SparseTensorProto
        {
            Values = Models.Tensor("w", [3, 4], 2),
            Indices = new() { DataType = 7, Int64Data = { 1, 5 } },
        };
        sparse.Indices.Dims.Add(2);
        sparse.Dims.Add([4, 2]);
        model.Graph.SparseInitializer.Add(sparse);
        SignalReport report = OnnxCheck.Run(_models.Load(model));
        TensorStatistics w = Assert.Single(report.Observation.Parameters).Values;
        TensorStatistics dense = TensorStatistics.Of([0, 3, 0, 0, 0, 4, 0, 0]);
        Assert.Equal((dense.Count, dense.Zeros), (w.Count, w.Zeros));
        Assert.Equal(dense.Rms, w.Rms, 1e-12);
        Assert.Equal(dense.Mean, w.Mean, 1e-12);
        Assert.Equal(dense.FourthMoment, w.FourthMoment, 1e-12);
        Assert.Contains(
            report.Findings,
            f => f.Message.StartsWith("Only 2 of the 8 values are stored", StringComparison.Ordinal)
        );
    }
}
