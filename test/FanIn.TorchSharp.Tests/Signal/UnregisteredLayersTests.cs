using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Signal;

/// <summary>Where a module may hold layers without saying so.</summary>
public sealed class UnregisteredLayersTests
{
    [Fact]
    public void Tuples_sets_and_helpers_are_looked_into()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(
            ["_helper.Inner", "_nested[0].Item2", "_pairs[0].Item1", "_set[0]"],
            UnregisteredLayers.ListOf(new Holder()).Select(found => found.Place).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Data_and_what_refers_back_are_passed_over()
    {
        using var scope = NewDisposeScope();
        Assert.Empty(UnregisteredLayers.ListOf(new Carrier()));
    }

    private sealed class Helper
    {
        public Linear Inner { get; } = nn.Linear(2, 2);

        public Helper? Next { get; set; }
    }

    private sealed class Holder : nn.Module<Tensor, Tensor>
    {
        private readonly (Linear, int)[] _pairs = [(nn.Linear(2, 2), 1)];
        private readonly List<Tuple<string, Linear>> _nested = [new("a", nn.Linear(2, 2))];
        private readonly HashSet<Linear> _set = [nn.Linear(2, 2)];
        private readonly Helper _helper = new();

        public Holder()
            : base("holder") => _helper.Next = _helper;

        public override Tensor forward(Tensor input) =>
            _helper.Inner.call(_pairs[0].Item1.call(_nested[0].Item2.call(_set.First().call(input))));
    }

    private sealed class Carrier : nn.Module<Tensor, Tensor>
    {
        private readonly double[] _data = new double[50_000_000];
        private readonly Dictionary<string, int> _counts = new() { ["a"] = 1 };
        private readonly Func<Tensor, Tensor> _activation = x => x.relu();
        private readonly Linear _layer = nn.Linear(2, 2);
        private readonly Carrier _self;

        public Carrier()
            : base("carrier")
        {
            _self = this;
            register_module("_layer", _layer);
        }

        public override Tensor forward(Tensor input) =>
            _activation(_self._layer.call(input)) * (_data.Length + _counts.Count);
    }
}
