using FanIn.Checkpoints;
using FanIn.TorchSharp.Tests.Modules;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Checkpoints;

public sealed class ModuleSafetensorsTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly string _folder = Directory.CreateTempSubdirectory("fanin-torch-").FullName;

    public void Dispose()
    {
        _scope.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string At(string name) => Path.Combine(_folder, name);

    private static Sequential Network(ScalarType type = ScalarType.Float32) =>
        nn.Sequential(
            ("conv", nn.Conv2d(1, 2, 3, dtype: type)),
            ("norm", nn.BatchNorm2d(2, dtype: type)),
            ("head", nn.Linear(8, 3, dtype: type))
        );

    private static Dictionary<string, Tensor> State(nn.Module model) => model.state_dict();

    private static void Same(nn.Module expected, nn.Module actual)
    {
        Dictionary<string, Tensor> values = State(actual);
        Assert.Equal(State(expected).Keys.Order(), values.Keys.Order());
        Assert.All(
            State(expected),
            pair => Assert.True(pair.Value.equal(values[pair.Key]).all().item<bool>(), pair.Key)
        );
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    public void What_was_saved_is_loaded(ScalarType type)
    {
        Sequential saved = Network(type);
        saved.Initialize("he_normal", seed: 7);
        State(saved)["norm.running_mean"].fill_(3);
        State(saved)["norm.num_batches_tracked"].fill_(5);
        Sequential loaded = Network(type);
        loaded.Initialize("he_normal", seed: 8);

        saved.SaveSafetensors(At("model.safetensors"));
        loaded.LoadSafetensors(At("model.safetensors"));

        Same(saved, loaded);
        Assert.Equal(5, State(loaded)["norm.num_batches_tracked"].to(ScalarType.Int64).item<long>());
        using SafetensorsFile file = SafetensorsFile.Open(At("model.safetensors"));
        Assert.Equal([5L], file.Read<long>("norm.num_batches_tracked"));
    }

    [Fact]
    public void The_file_is_the_modules_state_dict()
    {
        Sequential model = Network();
        model.Initialize("he_normal", seed: 7);

        model.SaveSafetensors(At("model.safetensors"));

        using SafetensorsFile file = SafetensorsFile.Open(At("model.safetensors"));
        Assert.Equal(State(model).Keys.Order(), file.Header.Tensors.Select(t => t.Name).Order());
        Assert.Equal("pt", file.Header.Metadata!["format"]);
        Assert.Equal("F32 head.weight [3, 8]", file.Header["head.weight"].ToString());
        Assert.Equal("I64 norm.num_batches_tracked []", file.Header["norm.num_batches_tracked"].ToString());
        Assert.Equal(State(model)["head.weight"].data<float>().ToArray(), file.Read<float>("head.weight"));
    }

    [Fact]
    public void Transposed_and_frozen_tensors_keep_their_strides_and_flags()
    {
        Tensor Matrix() => rand(5, 3).t();
        var saved = new TestModule(x => x, ("w", new Parameter(Matrix())), ("e", new Parameter(zeros(0, 4))));
        var loaded = new TestModule(
            x => x,
            ("w", new Parameter(Matrix(), requires_grad: false)),
            ("e", new Parameter(zeros(0, 4)))
        );
        Assert.False(loaded.get_parameter("w")!.is_contiguous());

        saved.SaveSafetensors(At("m.safetensors"));
        loaded.LoadSafetensors(At("m.safetensors"));

        Same(saved, loaded);
        Assert.False(loaded.get_parameter("w")!.is_contiguous());
        Assert.False(loaded.get_parameter("w")!.requires_grad);
        using SafetensorsFile file = SafetensorsFile.Open(At("m.safetensors"));
        Assert.Equal(saved.get_parameter("w")!.contiguous().data<float>().ToArray(), file.Read<float>("w"));
    }

    [Fact]
    public void A_shared_tensor_is_saved_once_and_found_under_any_of_its_names()
    {
        static TestModule Tied()
        {
            Embedding embedding = nn.Embedding(6, 4);
            Linear head = nn.Linear(4, 6, hasBias: false);
            head.weight = embedding.weight!;
            return new TestModule(x => x, ("embed", embedding), ("head", head));
        }
        TestModule saved = Tied();
        saved.Initialize("normal", seed: 1);

        saved.SaveSafetensors(At("m.safetensors"));

        using (SafetensorsFile file = SafetensorsFile.Open(At("m.safetensors")))
        {
            Assert.Equal("embed.weight", Assert.Single(file.Header.Tensors).Name);
        }
        TestModule loaded = Tied();
        loaded.LoadSafetensors(At("m.safetensors"));
        Same(saved, loaded);
        // Others keep the other name, or both.
        float[] values = [.. Enumerable.Range(0, 24).Select(i => (float)i)];
        Write("other.safetensors", ("head.weight", values));
        loaded.LoadSafetensors(At("other.safetensors"));
        Assert.Equal(values, loaded.get_parameter("embed.weight")!.data<float>().ToArray());
        Write("both.safetensors", ("head.weight", values), ("embed.weight", values));
        loaded.LoadSafetensors(At("both.safetensors"));
        Write("differ.safetensors", ("head.weight", values), ("embed.weight", [.. values.Reverse()]));
        Assert.Equal(
            $"'{At("differ.safetensors")}' has other values for 'head.weight' than for 'embed.weight', which are one tensor in the module.",
            Assert.Throws<SafetensorsException>(() => loaded.LoadSafetensors(At("differ.safetensors"))).Message
        );
        Assert.Equal(values, loaded.get_parameter("embed.weight")!.data<float>().ToArray());

        void Write(string name, params (string Name, float[] Values)[] tensors)
        {
            var header = SafetensorsHeader.Create(
                tensors.Select(t => new SafetensorsTensor(t.Name, SafetensorsType.F32, 6, 4))
            );
            using SafetensorsWriter writer = SafetensorsWriter.Create(At(name), header);
            foreach (SafetensorsTensor tensor in header.Tensors)
            {
                writer.Write<float>(tensor.Name, tensors.Single(t => t.Name == tensor.Name).Values);
            }
            writer.Complete();
        }
    }

    [Fact]
    public void What_doesnt_fit_is_listed_and_nothing_is_changed()
    {
        Sequential other = nn.Sequential(
            ("conv", nn.Conv2d(1, 2, 5)),
            ("norm", nn.BatchNorm2d(2, dtype: ScalarType.Float64)),
            ("tail", nn.Linear(8, 3, hasBias: false))
        );
        other.SaveSafetensors(At("m.safetensors"));
        Sequential model = Network();
        Dictionary<string, Tensor> before = State(model).ToDictionary(pair => pair.Key, pair => pair.Value.clone());

        string message = Assert.Throws<SafetensorsException>(() => model.LoadSafetensors(At("m.safetensors"))).Message;

        Assert.Equal(
            $"'{At("m.safetensors")}' doesn't hold what it should: it lacks 'head.weight', 'head.bias'; it has 'tail.weight' too many; "
                + "'conv.weight' is F32 [2, 1, 5, 5], not F32 [2, 1, 3, 3]; 'norm.weight' is F64 [2], not F32 [2]; "
                + "'norm.bias' is F64 [2], not F32 [2]; 'norm.running_mean' is F64 [2], not F32 [2]; "
                + "'norm.running_var' is F64 [2], not F32 [2].",
            message
        );
        Assert.All(State(model), pair => Assert.True(pair.Value.equal(before[pair.Key]).all().item<bool>()));
    }

    [Fact]
    public void Tensors_without_values_are_refused()
    {
        Linear model = nn.Linear(2, 2, device: META);
        Assert.StartsWith(
            "'weight' is on the meta device, which holds no values",
            Assert.Throws<InvalidOperationException>(() => model.SaveSafetensors(At("m.safetensors"))).Message
        );
        nn.Linear(2, 2).SaveSafetensors(At("m.safetensors"));
        Assert.Throws<InvalidOperationException>(() => model.LoadSafetensors(At("m.safetensors")));
        Assert.Equal(["m.safetensors"], Directory.EnumerateFiles(_folder).Select(Path.GetFileName));
    }

    /// <summary>A truth value of 2 would be true and false at once; of a bad file nothing is taken.</summary>
    [Fact]
    public void Truth_values_are_0_or_1()
    {
        string path = At("masks.safetensors");
        Masked Make(float scale) => new(full(3, scale), tensor(new[] { true, false, true }));
        Make(1).SaveSafetensors(path);
        byte[] bytes = File.ReadAllBytes(path);
        SafetensorsHeader header = SafetensorsHeader.Parse(bytes);
        SafetensorsTensor mask = header.Tensors.Single(one => one.Type == SafetensorsType.Bool);
        bytes[header.PositionOf(mask) + 1] = 2;
        File.WriteAllBytes(path, bytes);
        Masked loaded = Make(4);

        Assert.Equal(
            $"'{path}' has 2 as element 1 of the tensor '{mask.Name}', where 0 or 1 belongs.",
            Assert.Throws<SafetensorsException>(() => loaded.LoadSafetensors(path)).Message
        );
        Same(Make(4), loaded);
    }

    private sealed class Masked : nn.Module
    {
        public Masked(Tensor scale, Tensor mask)
            : base("masked")
        {
            register_buffer("a_scale", scale);
            register_buffer("mask", mask);
        }
    }

    [Fact]
    public void A_folder_of_shards_is_loaded()
    {
        Sequential saved = Network();
        saved.Initialize("he_normal", seed: 7);
        saved.SaveSafetensors(At("whole.safetensors"));
        using (SafetensorsFile whole = SafetensorsFile.Open(At("whole.safetensors")))
        {
            ShardMap map = ShardMap.Of(whole.Header.Tensors, 100);
            Assert.InRange(map.Shards.Length, 2, 10);
            Directory.CreateDirectory(At("shards"));
            File.WriteAllText(At($"shards/{SafetensorsIndex.FileName}"), map.Index!.ToJson());
            foreach (Shard shard in map.Shards)
            {
                using SafetensorsWriter writer = SafetensorsWriter.Create(At($"shards/{shard.FileName}"), shard.Header);
                foreach (SafetensorsTensor tensor in shard.Header.Tensors)
                {
                    byte[] bytes = new byte[tensor.ByteCount];
                    whole.ReadBytes(tensor.Name, bytes);
                    writer.WriteBytes(tensor.Name, bytes);
                }
                writer.Complete();
            }
        }
        Sequential loaded = Network();
        loaded.LoadSafetensors(At("shards"));
        Same(saved, loaded);
    }

    [Fact]
    public void A_backward_pass_that_needs_the_old_values_is_told_that_they_are_gone()
    {
        Linear model = nn.Linear(3, 3);
        model.SaveSafetensors(At("m.safetensors"));
        Tensor loss = model.call(rand(2, 3, requires_grad: true)).sum();
        model.LoadSafetensors(At("m.safetensors"));
        Assert.Contains("modified by an inplace operation", Assert.ThrowsAny<Exception>(() => loss.backward()).Message);
    }

    [Fact]
    public void Buffers_are_kept_as_state_dict_keeps_them()
    {
        static Buffers Make(float value) => new(full(3, value), full(2, value));
        Make(1).SaveSafetensors(At("m.safetensors"));
        using (SafetensorsFile file = SafetensorsFile.Open(At("m.safetensors")))
        {
            Assert.Equal(Make(1).state_dict().Keys, file.Header.Tensors.Select(t => t.Name));
            Assert.Equal("kept", Assert.Single(file.Header.Tensors).Name);
        }
        Buffers loaded = Make(2);
        loaded.LoadSafetensors(At("m.safetensors"));
        Assert.Equal([1, 1, 1], loaded.get_buffer("kept")!.data<float>().ToArray());
        Assert.Equal([2, 2], loaded.get_buffer("passing")!.data<float>().ToArray());
    }

    /// <summary>A buffer that belongs to the state, and one that doesn't.</summary>
    private sealed class Buffers : nn.Module
    {
        public Buffers(Tensor kept, Tensor passing)
            : base("buffers")
        {
            register_buffer("kept", kept);
            register_buffer("passing", passing, persistent: false);
        }
    }

    [Fact]
    public void Nothing_is_left_behind()
    {
        Sequential model = Network();
        model.SaveSafetensors(At("m.safetensors"));
        using var check = new LeakCheck();
        model.SaveSafetensors(At("m.safetensors"));
        model.LoadSafetensors(At("m.safetensors"));
    }
}
