using FanIn.Cli;

return await Tool.RunAsync(args, Terminal.OfProcess());
