using System.Runtime.InteropServices;
using CsCheck;
using FanIn.Checkpoints;
using Google.Protobuf;
using Proto = global::Onnx;
using Type = Onnx.TensorProto.Types.DataType;

namespace FanIn.Onnx.Tests;

/// <summary>
/// New values for some parameters, all else byte for byte. What is expected comes from the format's own classes
/// (Google.Protobuf) and from initializers called by themselves.
/// </summary>
public sealed class ReplacementTests : IDisposable
{
    private static readonly Type[] s_types = [Type.Float, Type.Double, Type.Float16, Type.Int64];
    private static readonly int[] s_sizes = [4, 8, 2, 8];

    private readonly Models _models = new();

    public void Dispose() => _models.Dispose();

    private string Out => Path.Combine(_models.Folder, "out", "model.onnx");

    private static OnnxReplacement Replace(OnnxModel model, string recipe, Seed seed, params string[] names) =>
        OnnxReplacement.Of(
            model,
            new Plan([
                .. Recipe.Parse(recipe).Apply(model.Describe()).Rows.Where(row => names.Contains(row.Parameter.Name)),
            ]),
            seed
        );

    /// <summary>Writes and reads: the old file, the new file.</summary>
    private (byte[] Old, byte[] New) Rewrite(string path, string recipe, Seed seed, params string[] names)
    {
        var replacement = Replace(OnnxModel.Load(path), recipe, seed, names);
        WriteResult result = replacement.Write(Out, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((replacement.Length, 0, true), (result.Written, result.Kept, result.IsComplete));
        return (File.ReadAllBytes(path), File.ReadAllBytes(Out));
    }

    private static float[] Drawn(string init, TensorDescription tensor, Seed seed, string key)
    {
        float[] values = new float[tensor.Count];
        Initializer.Parse(init).Fill(values, tensor, seed, key);
        return values;
    }

    private static byte[] Bytes<T>(T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes<T>(values).ToArray();

    private static byte[] Field(int field, byte[] content)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            output.WriteTag(field, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(content));
        }
        return stream.ToArray();
    }

    /// <summary>A model with one more initializer, given by its bytes: messages that come twice are merged.</summary>
    private static byte[] With(Proto.ModelProto model, byte[] tensor) =>
        [.. model.ToByteArray(), .. Field(7, Field(5, tensor))];

    /// <summary>A model, its weight's name and shape [out, in] still missing.</summary>
    private static Proto.ModelProto Bare()
    {
        Proto.ModelProto model = Models.Gemm(Models.Random("b", 1, 4));
        model.Graph.Node[0].Input.Add("b");
        return model;
    }

    private static Proto.TensorProto Empty(Type type)
    {
        var tensor = new Proto.TensorProto { Name = "w", DataType = (int)type };
        tensor.Dims.Add([4, 8]);
        return tensor;
    }

    /// <summary>Only the weight's 128 bytes are others, wherever they lie; also of fields that no version of ONNX knows.</summary>
    [Fact]
    public void OfRawDataOnlyTheValuesChange()
    {
        Proto.TensorProto old = Models.Random("w", 1, 4, 8);
        byte[] model =
        [
            .. With(Bare(), old.ToByteArray()),
            .. Field(999, [1, 2, 3]),
            .. Field(14, Field(1, "k"u8.ToArray())),
        ];
        (_, byte[] found) = Rewrite(_models.Save(model), "he_normal", 3, "w");
        byte[] expected = [.. model];
        int at = model.AsSpan().IndexOf(old.RawData.Span);
        Bytes(Drawn("he_normal", TensorDescription.Dense(4, 8), 3, "w")).CopyTo(expected, at);
        Assert.Equal(expected, found);
        Assert.Equal(["model.onnx"], Directory.GetFiles(Path.GetDirectoryName(Out)!).Select(Path.GetFileName));
    }

    public enum Form
    {
        Raw,
        Packed,
        Alone,
        InTwoFields,
    }

    public static TheoryData<ElementType, Form> Forms =>
        [
            .. from type in Enum.GetValues<ElementType>()
            from form in Enum.GetValues<Form>()
            select new TheoryDataRow<ElementType, Form>(type, form),
        ];

    /// <summary>Every way to write numbers: the same message as with new values, to a reader that isn't ours.</summary>
    [Theory]
    [MemberData(nameof(Forms))]
    public void EveryFormOfNumbersIsExchanged(ElementType element, Form form)
    {
        Type type = element switch
        {
            ElementType.Float32 => Type.Float,
            ElementType.Float64 => Type.Double,
            ElementType.Float16 => Type.Float16,
            _ => Type.Bfloat16,
        };
        float[] old = Models.Numbers("old", 1, 4, 8);
        // Zeros take one byte as integers of varying size, and other halves three.
        old.AsSpan(3, 9).Clear();
        byte[] tensor = Written(type, form, old);
        byte[] model = [.. With(Bare(), tensor), .. Field(999, [7])];
        (_, byte[] found) = Rewrite(_models.Save(model), "he_normal", 5, "w");
        float[] values = Drawn("he_normal", TensorDescription.Dense(4, 8), 5, "w");
        byte[] expected = [.. With(Bare(), Written(type, form, values)), .. Field(999, [7])];
        if (type == Type.Double)
        {
            double[] doubles = new double[32];
            Initializer.Parse("he_normal").Fill(doubles, TensorDescription.Dense(4, 8), 5, "w");
            expected = [.. With(Bare(), Written(type, form, doubles)), .. Field(999, [7])];
        }
        Assert.Equal(expected, found);
        Assert.Equal(Proto.ModelProto.Parser.ParseFrom(expected), Proto.ModelProto.Parser.ParseFrom(found));

        byte[] Written<T>(Type kind, Form how, T[] numbers)
            where T : unmanaged, IConvertible
        {
            Proto.TensorProto head = Empty(kind);
            double[] wide = [.. numbers.Select(x => x.ToDouble(null))];
            byte[] raw = kind switch
            {
                Type.Float => Bytes(wide.Select(x => (float)x).ToArray()),
                Type.Double => Bytes(wide),
                Type.Float16 => Bytes(wide.Select(x => (Half)(float)x).ToArray()),
                _ => Bytes(wide.Select(x => (BFloat16)(float)x).ToArray()),
            };
            if (how == Form.Raw)
            {
                head.RawData = ByteString.CopyFrom(raw);
                return head.ToByteArray();
            }
            int size = raw.Length / 32;
            (int field, WireFormat.WireType wire) = kind switch
            {
                Type.Float => (4, WireFormat.WireType.Fixed32),
                Type.Double => (10, WireFormat.WireType.Fixed64),
                _ => (5, WireFormat.WireType.Varint),
            };
            byte[][] one =
            [
                .. raw.Chunk(size).Select(bytes => size == 2 ? Varint(BitConverter.ToUInt16(bytes)) : bytes),
            ];
            return
            [
                .. head.ToByteArray(),
                .. how switch
                {
                    Form.Packed => Field(field, [.. one.SelectMany(x => x)]),
                    Form.InTwoFields =>
                    [
                        .. Field(field, [.. one.Take(5).SelectMany(x => x)]),
                        .. Field(field, [.. one.Skip(5).SelectMany(x => x)]),
                    ],
                    _ => one.SelectMany(x => (byte[])[(byte)((field << 3) | (int)wire), .. x]).ToArray(),
                },
            ];
        }

        static byte[] Varint(uint value) =>
            value < 0x80 ? [(byte)value]
            : value < 0x4000 ? [(byte)(value | 0x80), (byte)(value >> 7)]
            : [(byte)(value | 0x80), (byte)((value >> 7) | 0x80), (byte)(value >> 14)];
    }

    /// <summary>The lengths of all messages around a value grow with it: a constant in a branch of an If.</summary>
    [Fact]
    public void LengthsAroundGrowWithIntegersOfVaryingSize()
    {
        var weight = new Proto.TensorProto { DataType = (int)Type.Float16 };
        weight.Dims.Add([30, 20]);
        weight.Int32Data.Add(new int[600]);
        Proto.GraphProto Branch(string name)
        {
            var graph = new Proto.GraphProto { Name = name };
            graph.Node.Add(Models.Constant($"w_{name}", weight.Clone()));
            graph.Node.Add(Models.Node("Gemm", ["x", $"w_{name}"], [$"y_{name}"], Models.Attribute("transB", 1)));
            graph.Output.Add(new Proto.ValueInfoProto { Name = $"y_{name}" });
            return graph;
        }
        Proto.ModelProto model = Models.Of(
            [null, 20],
            [
                Models.Node(
                    "If",
                    ["c"],
                    ["y"],
                    Models.Attribute("then_branch", Branch("a")),
                    Models.Attribute("else_branch", Branch("b"))
                ),
            ],
            new Proto.TensorProto
            {
                Name = "c",
                DataType = (int)Type.Bool,
                RawData = ByteString.CopyFrom([1]),
            }
        );
        string path = _models.Save(model);
        string name = OnnxModel.Load(path).Describe().Parameters.Single(p => p.Name.Contains("else")).Name;
        (byte[] old, byte[] found) = Rewrite(path, "he_normal", 1, name);
        Assert.True(found.Length > old.Length + 600);
        Half[] values = new Half[600];
        Initializer.Parse("he_normal").Fill(values, TensorDescription.Dense(30, 20), 1, name);
        Proto.TensorProto place = model.Graph.Node[0].Attribute[1].G.Node[0].Attribute[0].T;
        for (int i = 0; i < 600; i++)
        {
            place.Int32Data[i] = BitConverter.HalfToUInt16Bits(values[i]);
        }
        Assert.Equal(model.ToByteArray(), found);
    }

    /// <summary>[in, out] of a MatMul is a view: its values are those of the matrix [out, in], transposed.</summary>
    [Fact]
    public void ATransposedMatrixHasTheLogicalMatrixsValues()
    {
        string path = _models.Save(
            Models.Of([null, 6], [Models.Node("MatMul", ["x", "w"], ["y"])], Models.Random("w", 1, 6, 10))
        );
        (_, byte[] found) = Rewrite(path, "xavier_uniform", -9, "w");
        float[] values = MemoryMarshal
            .Cast<byte, float>(Proto.ModelProto.Parser.ParseFrom(found).Graph.Initializer[0].RawData.Span)
            .ToArray();
        float[] logical = Drawn("xavier_uniform", TensorDescription.Dense(10, 6), -9, "w");
        for (int i = 0; i < 6; i++)
        {
            for (int o = 0; o < 10; o++)
            {
                Assert.Equal(logical[(o * 6) + i], values[(i * 10) + o]);
            }
        }
    }

    /// <summary>Values that depend on one another are drawn as a whole, once.</summary>
    [Fact]
    public void OrthogonalMatricesAreWhole()
    {
        string path = _models.Save(Models.Gemm(Models.Random("w", 1, 4, 8)));
        var replacement = Replace(OnnxModel.Load(path), "orthogonal", 2, "w");
        Assert.Equal(256, replacement.WorkingMemory);
        Assert.Equal(0, Replace(OnnxModel.Load(path), "he_normal", 2, "w").WorkingMemory);
        (_, byte[] found) = Rewrite(path, "orthogonal", 2, "w");
        Assert.Equal(
            Bytes(Drawn("orthogonal", TensorDescription.Dense(4, 8), 2, "w")),
            Proto.ModelProto.Parser.ParseFrom(found).Graph.Initializer[0].RawData.ToByteArray()
        );
    }

    /// <summary>
    /// Models of any tensors in any forms, of which any are new: to protobuf's reader the new file is the old one with
    /// these values, and a file of the same length differs nowhere else.
    /// </summary>
    [Fact]
    public void AnythingElseIsAsItWas()
    {
        Gen.Select(Gen.Int[0, 3], Gen.Int[1, 3], Gen.Int[0, 40], Gen.Bool, Gen.Bool)
            .Array[1, 6]
            .Sample(
                tensors =>
                {
                    Proto.ModelProto model = Models.Of([null, 1], [Models.Node("Identity", ["x"], ["y"])]);
                    var names = new List<string>();
                    foreach ((int i, (int kind, int rows, int columns, bool isRaw, bool isNew)) in tensors.Index())
                    {
                        var tensor = new Proto.TensorProto { Name = $"t{i}", DataType = (int)s_types[kind] };
                        tensor.Dims.Add([rows, columns]);
                        int count = rows * columns;
                        if (isRaw)
                        {
                            tensor.RawData = ByteString.CopyFrom(new byte[count * s_sizes[kind]]);
                        }
                        else if (kind == 0)
                        {
                            tensor.FloatData.Add(new float[count]);
                        }
                        else if (kind == 1)
                        {
                            tensor.DoubleData.Add(new double[count]);
                        }
                        else if (kind == 2)
                        {
                            tensor.Int32Data.Add(Enumerable.Range(0, count).Select(n => n * 1600));
                        }
                        else
                        {
                            tensor.Int64Data.Add(Enumerable.Range(0, count).Select(n => (long)n << n));
                        }
                        model.Graph.Initializer.Add(tensor);
                        if (isNew && kind != 3)
                        {
                            names.Add(tensor.Name);
                        }
                    }
                    string path = _models.Save(model, $"{Guid.NewGuid():N}.onnx");
                    string output = Path.Combine(_models.Folder, "any", Path.GetFileName(path));
                    OnnxModel loaded = OnnxModel.Load(path);
                    var plan = new Plan([
                        .. loaded
                            .Describe()
                            .Parameters.Where(parameter => names.Contains(parameter.Name))
                            .Select(parameter => new PlanRow(parameter, parameter.Name, Initializer.Normal(0, 1))),
                    ]);
                    OnnxReplacement.Of(loaded, plan, 8).Write(output);
                    foreach (Proto.TensorProto tensor in model.Graph.Initializer.Where(t => names.Contains(t.Name)))
                    {
                        int count = (int)(tensor.Dims[0] * tensor.Dims[1]);
                        float[] values = new float[count];
                        RandomStream.Create(8, tensor.Name).FillNormal(values);
                        double[] wide = new double[count];
                        RandomStream.Create(8, tensor.Name).FillNormal(wide);
                        Half[] halves = [.. values.Select(x => (Half)x)];
                        bool isRaw = tensor.HasRawData;
                        switch ((Type)tensor.DataType)
                        {
                            case Type.Float when isRaw:
                                tensor.RawData = ByteString.CopyFrom(Bytes(values));
                                break;
                            case Type.Double when isRaw:
                                tensor.RawData = ByteString.CopyFrom(Bytes(wide));
                                break;
                            case Type.Float16 when isRaw:
                                tensor.RawData = ByteString.CopyFrom(Bytes(halves));
                                break;
                            case Type.Float:
                                tensor.FloatData.Clear();
                                tensor.FloatData.Add(values);
                                break;
                            case Type.Double:
                                tensor.DoubleData.Clear();
                                tensor.DoubleData.Add(wide);
                                break;
                            default:
                                tensor.Int32Data.Clear();
                                tensor.Int32Data.Add(halves.Select(x => (int)BitConverter.HalfToUInt16Bits(x)));
                                break;
                        }
                    }
                    Assert.Equal(model.ToByteArray(), File.ReadAllBytes(output));
                },
                iter: 300
            );
    }
}
