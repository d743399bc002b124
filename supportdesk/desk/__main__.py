import sys

from supportdesk.desk.run import main

sys.exit(main())
